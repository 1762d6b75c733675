namespace Tapestry;

/// <summary>The dimensions of a tensor as a tensor. Source: <c>tf.shape</c>.</summary>
public sealed record ShapeOp : Op
{
    internal static readonly ShapeOp Instance = new();

    /// <inheritdoc/>
    public override bool ReadsValue(int input) => false;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context) => context.Return([context.Shape(0).Rank], DType.Int32);

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        // A shape does not depend on values.
    }

    /// <inheritdoc/>
    public override void Run(in KernelContext context) => context.InputSpec(0).Shape.Dimensions.CopyTo(context.Output<int>(0));
}

/// <summary>Offers <see cref="ShapeOp"/> to users.</summary>
public static class ShapeEntry
{
    extension(Ops)
    {
        /// <summary>The dimensions of a tensor as int32: known when the value is, even where <see cref="Tensor.Shape"/> has unknown ones while a function is traced.</summary>
        /// <param name="x">A tensor; its values do not matter.</param>
        public static Tensor Shape(Tensor x) => ShapeOp.Instance.Apply(x);

        /// <summary>The number of elements as an int32 scalar. Source: <c>tf.size</c>.</summary>
        /// <param name="x">A tensor; its values do not matter.</param>
        public static Tensor Size(Tensor x) => Ops.Prod(Ops.Shape(x));
    }
}
