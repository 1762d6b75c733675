using Tapestry.Kernels.Loops;

namespace Tapestry;

/// <summary>Whether an element is true along dimensions. Source: <c>tf.reduce_any</c>.</summary>
/// <param name="Axes">The dimensions, counted from the front.</param>
/// <param name="KeepDimensions">Whether they stay with length 1.</param>
public sealed record AnyOp(ValueList<int> Axes, bool KeepDimensions) : ReductionOp(Axes, KeepDimensions)
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
    public override void Run(in KernelContext context) => Reduce(context, default(AnyReducer));
}

/// <summary>Offers <see cref="AnyOp"/> to users.</summary>
public static class AnyEntry
{
    extension(Ops)
    {
        /// <summary>Whether an element is true along dimensions.</summary>
        /// <param name="x">A tensor; numbers count as true unless they are 0.</param>
        /// <param name="axis">The dimensions; all by default.</param>
        /// <param name="keepdims">Whether the dimensions stay with length 1.</param>
        /// <exception cref="TapestryException">There is no such dimension.</exception>
        public static Tensor Any(Tensor x, Axes? axis = null, bool keepdims = false) => new AnyOp(Axes.Of("Any", axis, x), keepdims).Apply(Ops.Cast(x, DType.Bool));
    }
}
