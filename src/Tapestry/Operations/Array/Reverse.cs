namespace Tapestry;

/// <summary>Dimensions in reverse order. Source: <c>tf.reverse</c>.</summary>
/// <param name="Axes">The dimensions, counted from the front.</param>
public sealed record ReverseOp(ValueList<int> Axes) : Op
{
    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context) => context.Return(context.Shape(0), context.DType(0));

    /// <inheritdoc/>
    public override Tensor? Simplify(ReadOnlySpan<Tensor> inputs) => Axes.Count == 0 ? inputs[0] : null;

    /// <inheritdoc/>
    public override void Gradient(GradientContext context) => context.Return(0, Apply(context.Upstream(0)));

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        var (input, output) = (context.InputTensor(0), context.OutputTensor(0));
        if (input.Size == 0) return;
        Span<nint> from = stackalloc nint[input.Rank], to = stackalloc nint[input.Rank];
        ElementCopy.Strides(input.Shape.Dimensions, from);
        ElementCopy.Strides(input.Shape.Dimensions, to);
        nint offset = 0;
        foreach (var axis in Axes.Span)
        {
            offset += (input.Shape[axis] - 1) * from[axis];
            from[axis] = -from[axis];
        }

        ElementCopy.Box(input, offset, from, output, 0, to, output.Shape.Dimensions);
    }
}

/// <summary>Offers <see cref="ReverseOp"/> to users.</summary>
public static class ReverseEntry
{
    extension(Ops)
    {
        /// <summary>Dimensions in reverse order. Source: <c>tf.reverse</c>.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="axis">The dimensions; negative ones count from the end.</param>
        /// <exception cref="TapestryException">There is no such dimension.</exception>
        public static Tensor Reverse(Tensor x, Axes axis) => Ops.Flip(x, axis);

        /// <summary>Dimensions in reverse order, all by default. Source: <c>keras.ops.flip</c>.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="axis">The dimensions; negative ones count from the end.</param>
        /// <exception cref="TapestryException">There is no such dimension.</exception>
        public static Tensor Flip(Tensor x, Axes? axis = null) => new ReverseOp(Axes.Of("Flip", axis, x)).Apply(Promotion.To(x, x.DType));
    }
}
