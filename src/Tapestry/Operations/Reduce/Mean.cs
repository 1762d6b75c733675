using Tapestry.Kernels.Loops;

namespace Tapestry;

/// <summary>The mean along dimensions. Source: <c>tf.reduce_mean</c>.</summary>
/// <param name="Axes">The dimensions, counted from the front.</param>
/// <param name="KeepDimensions">Whether they stay with length 1.</param>
public sealed record MeanOp(ValueList<int> Axes, bool KeepDimensions) : ReductionOp(Axes, KeepDimensions)
{
    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating | DTypes.Complex;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        var (x, y) = (context.Input(0), context.Output(0));
        var share = x.Shape.IsFullyKnown ? Promotion.Scalar(x.DType, (double)y.Size / Math.Max(1, x.Size)) : SizeRatioOp.Instance.Apply(y, x);
        context.Return(0, Ops.BroadcastLike(Restore(context.Upstream(0) * share), x));
    }

    internal override TermForm Term => KeepDimensions ? TermForm.Mean : TermForm.Other;

    internal override FusableReduction? Reduction(ReadOnlySpan<Tensor> inputs, TensorSpec output) =>
        FusableReduction.Of(new MeanReducer(inputs[0].Shape.Size / Math.Max(1, output.Shape.Size)), inputs[0].DType, AxisMask);

    /// <inheritdoc/>
    public override void Run(in KernelContext context) => Reduce(context, new MeanReducer(context.InputSpec(0).Shape.Size / Math.Max(1, context.OutputSpec(0).Shape.Size)));
}

/// <summary>Offers <see cref="MeanOp"/> to users.</summary>
public static class MeanEntry
{
    extension(Ops)
    {
        /// <summary>The mean along dimensions.</summary>
        /// <param name="x">A numeric tensor; integers become floating point.</param>
        /// <param name="axis">The dimensions; all by default.</param>
        /// <param name="keepdims">Whether the dimensions stay with length 1.</param>
        /// <exception cref="TapestryException">There is no such dimension.</exception>
        public static Tensor Mean(Tensor x, Axes? axis = null, bool keepdims = false) => new MeanOp(Axes.Of("Mean", axis, x), keepdims).Apply(Promotion.Floating(x));
    }
}
