using Tapestry.Kernels.Loops;

namespace Tapestry;

/// <summary>The sum along dimensions. Source: <c>tf.reduce_sum</c>.</summary>
/// <param name="Axes">The dimensions, counted from the front.</param>
/// <param name="KeepDimensions">Whether they stay with length 1.</param>
public sealed record SumOp(ValueList<int> Axes, bool KeepDimensions) : ReductionOp(Axes, KeepDimensions)
{
    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Numeric;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
        => context.Return(0, Ops.BroadcastLike(Restore(context.Upstream(0)), context.Input(0)));

    internal override FusableReduction? Reduction(ReadOnlySpan<Tensor> inputs, TensorSpec output) => FusableReduction.Of(default(SumReducer), inputs[0].DType, AxisMask);

    /// <inheritdoc/>
    public override void Run(in KernelContext context) => Reduce(context, default(SumReducer));
}

/// <summary>Offers <see cref="SumOp"/> to users.</summary>
public static class SumEntry
{
    extension(Ops)
    {
        /// <summary>The sum along dimensions.</summary>
        /// <param name="x">A tensor; bool and small integers are summed as int32 or uint32.</param>
        /// <param name="axis">The dimensions; all by default.</param>
        /// <param name="keepdims">Whether the dimensions stay with length 1.</param>
        /// <exception cref="TapestryException">There is no such dimension.</exception>
        public static Tensor Sum(Tensor x, Axes? axis = null, bool keepdims = false) => new SumOp(Axes.Of("Sum", axis, x), keepdims).Apply(Sums.Summable(x));
    }
}
