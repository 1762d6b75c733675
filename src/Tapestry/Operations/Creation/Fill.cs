namespace Tapestry;

/// <summary>Makes tensors of equal elements.</summary>
public static class FillEntry
{
    extension(Ops)
    {
        /// <summary>A tensor of zeros. Source: <c>tf.zeros</c>.</summary>
        /// <param name="shape">The shape, fully known.</param>
        /// <param name="dtype">The dtype; <see cref="DType.DefaultFloat"/> by default.</param>
        public static Tensor Zeros(Shape shape, DType? dtype = null) => Ops.Fill(shape, 0, dtype);

        /// <summary>A tensor of ones. Source: <c>tf.ones</c>.</summary>
        /// <param name="shape">The shape, fully known.</param>
        /// <param name="dtype">The dtype; <see cref="DType.DefaultFloat"/> by default.</param>
        public static Tensor Ones(Shape shape, DType? dtype = null) => Ops.Fill(shape, 1, dtype);

        /// <summary>A tensor of equal elements. Source: <c>tf.fill</c>, <c>keras.ops.full</c>.</summary>
        /// <param name="shape">The shape, fully known.</param>
        /// <param name="value">The number.</param>
        /// <param name="dtype">The dtype; <see cref="DType.DefaultFloat"/> by default.</param>
        public static Tensor Fill(Shape shape, double value, DType? dtype = null)
        {
            if (!shape.IsFullyKnown) throw new TapestryException("Fill", "a dimension is unknown", shape.ToString(), "known dimensions", "Use Ops.ZerosLike, Ops.OnesLike or Ops.BroadcastTo with the shape of another tensor.");
            return TensorFactory.Full(dtype ?? DType.DefaultFloat, shape, value);
        }

        /// <summary>A tensor filled with another one, whose shape broadcasts. Source: <c>keras.ops.full</c>.</summary>
        /// <param name="shape">The shape, fully known.</param>
        /// <param name="value">What fills it.</param>
        /// <param name="dtype">The dtype; <see cref="DType.DefaultFloat"/> by default.</param>
        /// <exception cref="TapestryException">A dimension is unknown, or the value does not broadcast to the shape.</exception>
        public static Tensor Fill(Shape shape, Tensor value, DType? dtype = null) => Ops.BroadcastTo(Ops.Cast(value, dtype ?? DType.DefaultFloat), shape);

        /// <summary>Zeros of the shape of another tensor. Source: <c>tf.zeros_like</c>.</summary>
        /// <param name="x">The tensor whose shape is taken; its values do not matter.</param>
        /// <param name="dtype">The dtype; that of <paramref name="x"/> by default.</param>
        public static Tensor ZerosLike(Tensor x, DType? dtype = null) => FillLike(x, 0, dtype);

        /// <summary>Ones of the shape of another tensor. Source: <c>tf.ones_like</c>.</summary>
        /// <param name="x">The tensor whose shape is taken; its values do not matter.</param>
        /// <param name="dtype">The dtype; that of <paramref name="x"/> by default.</param>
        public static Tensor OnesLike(Tensor x, DType? dtype = null) => FillLike(x, 1, dtype);

        /// <summary>Equal elements in the shape of another tensor. Source: <c>keras.ops.full_like</c>.</summary>
        /// <param name="x">The tensor whose shape is taken; its values do not matter.</param>
        /// <param name="fillValue">The number; integers drop its fraction.</param>
        /// <param name="dtype">The dtype; that of <paramref name="x"/> by default.</param>
        public static Tensor FullLike(Tensor x, double fillValue, DType? dtype = null) => FillLike(x, fillValue, dtype);
    }

    static Tensor FillLike(Tensor x, double value, DType? dtype) => new FillLikeOp(value, dtype ?? x.DType).Apply(x);
}

/// <summary>Equal elements in the shape of another tensor, which may be unknown while tracing.</summary>
/// <param name="Value">The number.</param>
/// <param name="DType">The dtype.</param>
public sealed record FillLikeOp(double Value, DType DType) : Op
{
    /// <inheritdoc/>
    public override void Infer(ref InferContext context) => context.Return(context.Shape(0), DType);

    /// <inheritdoc/>
    public override bool ReadsValue(int input) => false;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        // Nothing here depends on the values of the input.
    }

    /// <inheritdoc/>
    public override void Run(in KernelContext context) => TensorFactory.Write(context.OutputTensor(0), Value);
}
