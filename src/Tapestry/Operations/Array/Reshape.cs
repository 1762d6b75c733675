namespace Tapestry;

/// <summary>The same elements in another shape. Source: <c>tf.reshape</c>.</summary>
/// <param name="Shape">The dimensions; one may be -1 and follows from the others.</param>
public sealed record ReshapeOp(Shape Shape) : Op
{
    /// <inheritdoc/>
    public override bool IsView => true;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context) => context.Return(Resolve(context), context.DType(0));

    /// <inheritdoc/>
    public override Tensor? Simplify(ReadOnlySpan<Tensor> inputs) => inputs[0].Shape == Shape ? inputs[0] : null;

    /// <inheritdoc/>
    public override void Gradient(GradientContext context) => context.Return(0, Ops.ReshapeLike(context.Upstream(0), context.Input(0)));

    /// <inheritdoc/>
    public override void Run(in KernelContext context) => context.InputTensor(0).CopyTo(context.OutputTensor(0));

    Shape Resolve(in InferContext context)
    {
        var size = context.Shape(0).Size;
        var unknown = Shape.Dimensions.IndexOf(Shape.Unknown);
        if (unknown < 0) return size == Shape.Unknown || size == Shape.Size ? Shape : throw Refuse("the number of elements differs", context, $"{Shape.Size} elements for the shape {Shape}");
        if (Shape.Dimensions[(unknown + 1)..].IndexOf(Shape.Unknown) >= 0) throw Refuse($"more than one dimension of {Shape} is to be found", context, "at most one -1");
        if (size == Shape.Unknown) return Shape;
        var rest = 1;
        for (var i = 0; i < Shape.Rank; i++) rest *= i == unknown ? 1 : Shape[i];
        if (rest == 0 || size % rest != 0) throw Refuse("the number of elements does not fit", context, $"a multiple of {rest} elements for the shape {Shape}");
        var dimensions = Shape.ToArray();
        dimensions[unknown] = size / rest;
        return new Shape(dimensions);
    }
}

/// <summary>The elements of one tensor in the shape of another, which may be unknown while tracing.</summary>
public sealed record ReshapeLikeOp : Op
{
    internal static readonly ReshapeLikeOp Instance = new();

    /// <inheritdoc/>
    public override bool IsView => true;

    /// <inheritdoc/>
    public override bool ReadsValue(int input) => input == 0;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        var (from, to) = (context.Shape(0), context.Shape(1));
        if (from.IsFullyKnown && to.IsFullyKnown && from.Size != to.Size) throw Refuse("the number of elements differs", context, "tensors of equal size");
        context.Return(to, context.DType(0));
    }

    /// <inheritdoc/>
    public override Tensor? Simplify(ReadOnlySpan<Tensor> inputs) => inputs[0].Shape == inputs[1].Shape && inputs[0].Shape.IsFullyKnown ? inputs[0] : null;

    /// <inheritdoc/>
    public override void Gradient(GradientContext context) => context.Return(0, Ops.ReshapeLike(context.Upstream(0), context.Input(0)));

    /// <inheritdoc/>
    public override void Run(in KernelContext context) => context.InputTensor(0).CopyTo(context.OutputTensor(0));
}

/// <summary>Offers <see cref="ReshapeOp"/> to users.</summary>
public static class ReshapeEntry
{
    extension(Ops)
    {
        /// <summary>The same elements in another shape, without a copy.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="shape">The dimensions; one may be -1 (or null) and follows from the others.</param>
        /// <exception cref="TapestryException">The number of elements does not fit.</exception>
        public static Tensor Reshape(Tensor x, Shape shape) => x.Shape == shape && shape.IsFullyKnown ? x : new ReshapeOp(shape).Apply(x);

        /// <summary>The elements of one tensor in the shape of another of equal size.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="like">The tensor whose shape is taken.</param>
        public static Tensor ReshapeLike(Tensor x, Tensor like) => x.Shape == like.Shape && like.Shape.IsFullyKnown ? x
            : like.Shape.IsFullyKnown ? Ops.Reshape(x, like.Shape)
            : ReshapeLikeOp.Instance.Apply(x, like);
    }
}
