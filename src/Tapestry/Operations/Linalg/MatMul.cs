using System.Numerics;
using Tapestry.Kernels.Gemm;

namespace Tapestry;

/// <summary>Products of the matrices in the last two dimensions; the dimensions before them broadcast. Source: <c>tf.matmul</c>.</summary>
/// <param name="TransposeA">The matrices of the first input are transposed first.</param>
/// <param name="TransposeB">The matrices of the second input are transposed first.</param>
public sealed record MatMulOp(bool TransposeA, bool TransposeB) : Op
{
    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        var (a, b, dtype) = (context.Shape(0), context.Shape(1), context.DType(0));
        if (a.Rank < 2 || b.Rank < 2) throw Refuse("an input has fewer than two dimensions", context, "matrices or batches of them");
        if (!ReferenceEquals(dtype, context.DType(1))) throw Refuse("the dtypes differ", context, "equal dtypes", "Convert with Ops.Cast.");
        if (!dtype.IsNumeric || dtype == DType.BFloat16 || dtype == DType.Complex64) throw Refuse($"{dtype} has no kernel of its own", context, "integers, float16, float32, float64 or complex128", "Call Ops.MatMul, which converts.");
        var (inner, outer) = (a[TransposeA ? ^2 : ^1], b[TransposeB ? ^1 : ^2]);
        if (inner != outer && inner != Shape.Unknown && outer != Shape.Unknown) throw InnerDimensionsDiffer(context, a, b);
        var batch = Broadcasting.Common(a[..^2], b[..^2]) ?? throw Refuse("the dimensions before the matrices do not broadcast", context, "dimensions that are equal or 1, counted from the end");
        context.Return(new Shape([.. batch.Dimensions, a[TransposeA ? ^1 : ^2], b[TransposeB ? ^2 : ^1]]), dtype == DType.Int8 ? DType.Int32 : dtype);
    }

    TapestryException InnerDimensionsDiffer(in InferContext context, Shape a, Shape b)
    {
        var remedy = a[TransposeA ? ^2 : ^1] == b[TransposeB ? ^2 : ^1] ? $"Try transposeB: {(TransposeB ? "false" : "true")}."
            : a[TransposeA ? ^1 : ^2] == b[TransposeB ? ^1 : ^2] ? $"Try transposeA: {(TransposeA ? "false" : "true")}."
            : "Check which axes hold what is summed over, or bring the axes into order with Ops.Transpose.";
        return Refuse("inner dimensions differ", context, $"a[{(TransposeA ? "-2" : "-1")}] == b[{(TransposeB ? "-1" : "-2")}]", remedy);
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        var (a, b, g) = (context.Input(0), context.Input(1), context.Upstream(0));
        if (context.Needs(0))
        {
            var other = Conjugate(b);
            var left = TransposeA ? new MatMulOp(TransposeB, true).Apply(other, g) : new MatMulOp(false, !TransposeB).Apply(g, other);
            context.Return(0, Broadcasting.SumBack(left, a));
        }

        if (context.Needs(1))
        {
            var other = Conjugate(a);
            var right = TransposeB ? new MatMulOp(true, TransposeA).Apply(g, other) : new MatMulOp(!TransposeA, false).Apply(other, g);
            context.Return(1, Broadcasting.SumBack(right, b));
        }
    }

    static Tensor Conjugate(Tensor x) => Ops.Conj(x);

    // One right matrix makes one tall product; the others are many.
    internal override bool FinishesBlocks(ReadOnlySpan<Tensor> inputs) =>
        (inputs[0].DType == DType.Float32 || inputs[0].DType == DType.Float64) && inputs[1].Rank == 2 && (inputs[0].Rank == 2 || !TransposeA) && inputs[1].Size > 0;

    internal override TensorSpec[]? Rehearsal(ReadOnlySpan<Tensor> inputs)
    {
        if (inputs[0].Rank != 2 || inputs[1].Rank != 2 || !inputs[1].Shape.IsFullyKnown) return null;
        var (m, n, k) = (inputs[0].Shape[TransposeA ? 1 : 0], inputs[1].Shape[TransposeB ? 0 : 1], inputs[1].Shape[TransposeB ? 1 : 0]);
        (m, n, k) = Gemm.Rehearsal(m == Shape.Unknown ? int.MaxValue : m, n, k);
        return [new(TransposeA ? [k, m] : [m, k], inputs[0].DType), new(TransposeB ? [n, k] : [k, n], inputs[1].DType)];
    }

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        switch (context.InputTensor(0).DType.Code)
        {
            case DTypeCode.Float32: Multiply<float>(context); break;
            case DTypeCode.Float64: Multiply<double>(context); break;
            case DTypeCode.Float16: Multiply<Half>(context); break;
            case DTypeCode.Int8: MultiplyInt8(context); break;
            case DTypeCode.Int16: Multiply<short>(context); break;
            case DTypeCode.Int32: Multiply<int>(context); break;
            case DTypeCode.Int64: Multiply<long>(context); break;
            case DTypeCode.UInt8: Multiply<byte>(context); break;
            case DTypeCode.UInt16: Multiply<ushort>(context); break;
            case DTypeCode.UInt32: Multiply<uint>(context); break;
            case DTypeCode.UInt64: Multiply<ulong>(context); break;
            case DTypeCode.Complex128: Multiply<Complex>(context); break;
        }
    }

    void Multiply<T>(in KernelContext context)
        where T : unmanaged, INumberBase<T>
    {
        var (a, b, c) = (context.InputTensor(0).Shape, context.InputTensor(1).Shape, context.OutputTensor(0).Shape);
        var left = context.Input<T>(0);
        var right = context.Input<T>(1);
        var product = context.Output<T>(0);
        var (m, n, k) = (c[^2], c[^1], a[TransposeA ? ^2 : ^1]);
        if (product.IsEmpty) return;
        if (k == 0)
        {
            product.Clear();
            return;
        }

        var (stepA, stepB, stepC) = (m * k, k * n, m * n);
        var (batchA, batchB, batch) = (left.Length / stepA, right.Length / stepB, product.Length / stepC);
        if ((batchA == batch || batchA == 1) && (batchB == batch || batchB == 1))
        {
            Gemm.BatchedMultiply(batch, m, n, k, left, a[^1], TransposeA, batchA == 1 ? 0 : stepA, right, b[^1], TransposeB, batchB == 1 ? 0 : stepB, product, n, stepC, false, new GemmEpilogue<T> { Finish = context.Finish });
            return;
        }

        // Both are stretched, along different dimensions: the matrices of a pair are looked up one by one.
        for (var i = 0; i < batch; i++)
        {
            var (x, y) = (MatrixAt(i, c, a), MatrixAt(i, c, b));
            Gemm.Multiply(m, n, k, left.Slice(x * stepA, stepA), a[^1], TransposeA, right.Slice(y * stepB, stepB), b[^1], TransposeB, product.Slice(i * stepC, stepC), n);
        }
    }

    /// <summary>Which matrix of a stretched input belongs to a matrix of the result.</summary>
    // Sums of products of int8 are int32.
    void MultiplyInt8(in KernelContext context)
    {
        var (a, b, c) = (context.InputTensor(0).Shape, context.InputTensor(1).Shape, context.OutputTensor(0).Shape);
        var left = context.Input<sbyte>(0);
        var right = context.Input<sbyte>(1);
        var product = context.Output<int>(0);
        var (m, n, k) = (c[^2], c[^1], a[TransposeA ? ^2 : ^1]);
        if (product.IsEmpty) return;
        for (var i = 0; i < product.Length / (m * n); i++)
        {
            var (x, y) = (MatrixAt(i, c, a), MatrixAt(i, c, b));
            Int8Gemm.Multiply(m, n, k, left.Slice(x * m * k, m * k), TransposeA, right.Slice(y * k * n, k * n), TransposeB, product.Slice(i * m * n, m * n));
        }
    }

    static int MatrixAt(int index, Shape result, Shape input)
    {
        var (position, stride) = (0, 1);
        for (var axis = 3; axis <= input.Rank; axis++)
        {
            var extent = result[^axis];
            if (input[^axis] != 1) position += index % extent * stride;
            stride *= input[^axis];
            index /= extent;
        }

        return position;
    }
}

/// <summary>Offers <see cref="MatMulOp"/> to users.</summary>
public static class MatMulEntry
{
    extension(Ops)
    {
        /// <summary>
        /// The product of matrices, of batches of them, or of vectors: a·b over the last dimension of <paramref name="a"/> and the second to last of
        /// <paramref name="b"/>. A vector on the left counts as a row, on the right as a column, and its dimension is absent from the result.
        /// Dimensions before the matrices broadcast. int8 by int8 gives int32. Source: <c>keras.ops.matmul</c>, <c>tf.matmul</c>.
        /// </summary>
        /// <param name="a">A tensor of shape [k], [m, k] or […, m, k].</param>
        /// <param name="b">A tensor of shape [k], [k, n] or […, k, n].</param>
        /// <param name="transposeA">True when the matrices of <paramref name="a"/> are stored transposed, […, k, m].</param>
        /// <param name="transposeB">True when the matrices of <paramref name="b"/> are stored transposed, […, n, k].</param>
        /// <param name="adjointA">True when the matrices of <paramref name="a"/> are to be transposed and conjugated.</param>
        /// <param name="adjointB">True when the matrices of <paramref name="b"/> are to be transposed and conjugated.</param>
        /// <exception cref="TapestryException">An operand is a scalar, the dimensions do not fit, or a matrix is to be both transposed and conjugated.</exception>
        public static Tensor MatMul(Tensor a, Tensor b, bool transposeA = false, bool transposeB = false, bool adjointA = false, bool adjointB = false)
        {
            ArgumentNullException.ThrowIfNull(a);
            ArgumentNullException.ThrowIfNull(b);
            if ((transposeA && adjointA) || (transposeB && adjointB)) throw new TapestryException("MatMul", "an operand is to be transposed twice", transposeA && adjointA ? "transposeA and adjointA" : "transposeB and adjointB", "one of them", "The adjoint is the transposed matrix, conjugated.");
            if (adjointA) (a, transposeA) = (Ops.Conj(a), true);
            if (adjointB) (b, transposeB) = (Ops.Conj(b), true);
            if (a.Rank == 0 || b.Rank == 0) throw new TapestryException("MatMul", "an operand is a scalar", $"a {a.Spec}, b {b.Spec}", "at least one dimension each", "Use Ops.Multiply.");
            if (ReferenceEquals(a.DType, b.DType) && a.DType.IsInteger && a.DType.Size == 1 && !a.DType.IsUnsigned) return Product(a, b, transposeA, transposeB);
            Promotion.Unify(ref a, ref b);
            var dtype = a.DType;
            var computed = dtype == DType.BFloat16 ? DType.Float32 : dtype == DType.Complex64 ? DType.Complex128 : dtype == DType.Bool ? DType.Int32 : dtype;
            return Ops.Cast(Product(Ops.Cast(a, computed), Ops.Cast(b, computed), transposeA, transposeB), dtype);
        }
    }

    static Tensor Product(Tensor a, Tensor b, bool transposeA, bool transposeB)
    {
        var (vectorA, vectorB) = (a.Rank == 1, b.Rank == 1);
        if (vectorA) (a, transposeA) = (Ops.Reshape(a, [1, a.Shape[0]]), false);
        if (vectorB) (b, transposeB) = (Ops.Reshape(b, [b.Shape[0], 1]), false);
        var product = Matrices(a, b, transposeA, transposeB);
        if (vectorB) product = Ops.Squeeze(product, -1);
        return vectorA ? Ops.Squeeze(product, vectorB ? -1 : -2) : product;
    }

    static Tensor Matrices(Tensor a, Tensor b, bool transposeA, bool transposeB)
    {
        var op = new MatMulOp(transposeA, transposeB);
        // One right matrix for all: the rows of every batch are those of one tall matrix, in the gradients too.
        var (k, n) = (a.Shape[^1], b.Shape[transposeB ? ^2 : ^1]);
        if (a.Rank == 2 || b.Rank != 2 || transposeA || k <= 0 || n <= 0 || k != b.Shape[transposeB ? ^1 : ^2] || a.Shape[..^1].Count(dimension => dimension is null) > 1) return op.Apply(a, b);
        return Ops.Reshape(op.Apply(Ops.Reshape(a, [-1, k]), b), new Shape([.. a.Shape.Dimensions[..^1], n]));
    }
}
