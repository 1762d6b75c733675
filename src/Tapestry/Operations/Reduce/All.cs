using Tapestry.Kernels.Loops;

namespace Tapestry;

/// <summary>Whether all elements are true along dimensions. Source: <c>tf.reduce_all</c>.</summary>
/// <param name="Axes">The dimensions, counted from the front.</param>
/// <param name="KeepDimensions">Whether they stay with length 1.</param>
public sealed record AllOp(ValueList<int> Axes, bool KeepDimensions) : ReductionOp(Axes, KeepDimensions)
{
    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Boolean;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        // Truth values have no gradient.
    }

    /// <inheritdoc/>
    public override void Run(in KernelContext context) => Reduce(context, default(AllReducer));
}

/// <summary>Offers <see cref="AllOp"/> to users.</summary>
public static class AllEntry
{
    extension(Ops)
    {
        /// <summary>Whether all elements are true along dimensions.</summary>
        /// <param name="x">A tensor; numbers count as true unless they are 0.</param>
        /// <param name="axis">The dimensions; all by default.</param>
        /// <param name="keepdims">Whether the dimensions stay with length 1.</param>
        /// <exception cref="TapestryException">There is no such dimension.</exception>
        public static Tensor All(Tensor x, Axes? axis = null, bool keepdims = false) => new AllOp(Axes.Of("All", axis, x), keepdims).Apply(Ops.Cast(x, DType.Bool));
    }
}
