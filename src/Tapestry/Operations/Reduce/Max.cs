using Tapestry.Kernels.Loops;

namespace Tapestry;

/// <summary>The largest element along dimensions. Source: <c>tf.reduce_max</c>.</summary>
/// <param name="Axes">The dimensions, counted from the front.</param>
/// <param name="KeepDimensions">Whether they stay with length 1.</param>
public sealed record MaxOp(ValueList<int> Axes, bool KeepDimensions) : ReductionOp(Axes, KeepDimensions)
{
    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Real | DTypes.Boolean;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        foreach (var axis in Axes.Span)
        {
            if (context.Shape(0)[axis] == 0) throw Refuse($"dimension {axis} is empty", context, "at least one element to choose from");
        }

        base.Infer(ref context);
    }

    /// <inheritdoc/>
    public override bool SavesInput(int input) => true;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => true;

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        // What several elements share is split evenly among them.
        var (x, y) = (context.Input(0), Restore(context.Output(0)));
        var chosen = Ops.Cast(Ops.Equal(x, y), x.DType);
        context.Return(0, chosen / Ops.Sum(chosen, Axes.ToArray(), keepdims: true) * Restore(context.Upstream(0)));
    }

    internal override FusableReduction? Reduction(ReadOnlySpan<Tensor> inputs, TensorSpec output) => FusableReduction.Of(default(MaximumReducer), inputs[0].DType, AxisMask);

    /// <inheritdoc/>
    public override void Run(in KernelContext context) => Reduce(context, default(MaximumReducer));
}

/// <summary>Offers <see cref="MaxOp"/> to users.</summary>
public static class MaxEntry
{
    extension(Ops)
    {
        /// <summary>The largest element along dimensions.</summary>
        /// <param name="x">A numeric tensor.</param>
        /// <param name="axis">The dimensions; all by default.</param>
        /// <param name="keepdims">Whether the dimensions stay with length 1.</param>
        /// <exception cref="TapestryException">There is no such dimension, or there are no elements.</exception>
        public static Tensor Max(Tensor x, Axes? axis = null, bool keepdims = false) => new MaxOp(Axes.Of("Max", axis, x), keepdims).Apply(Promotion.To(x, x.DType));

        /// <summary>The largest of the elements along dimensions and a number, which is the result where there are no elements. Source: <c>keras.ops.max</c>.</summary>
        /// <param name="x">A numeric tensor.</param>
        /// <param name="axis">The dimensions; null means all.</param>
        /// <param name="initial">The number, of a shape that broadcasts to the result.</param>
        /// <param name="keepdims">Whether the dimensions stay with length 1.</param>
        /// <exception cref="TapestryException">There is no such dimension.</exception>
        public static Tensor Max(Tensor x, Axes? axis, Tensor initial, bool keepdims = false)
        {
            initial = Promotion.To(initial, x.DType);
            return x.Shape.Dimensions.Contains(0) ? Ops.Sum(x, axis, keepdims) + initial : Ops.Maximum(Ops.Max(x, axis, keepdims), initial);
        }
    }
}
