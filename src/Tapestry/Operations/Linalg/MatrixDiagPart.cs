using System.Runtime.InteropServices;

namespace Tapestry;

/// <summary>The diagonals of the matrices in the last two axes. Source: <c>tf.linalg.diag_part</c>.</summary>
public sealed record MatrixDiagPartOp : Op
{
    internal static readonly MatrixDiagPartOp Instance = new();

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        var shape = context.Shape(0);
        if (shape.Rank < 2 || context.DType(0) == DType.String) throw Refuse("there are no matrices", context, "numbers [..., rows, columns]");
        var (rows, columns) = (shape[^2], shape[^1]);
        var length = rows == Shape.Unknown || columns == Shape.Unknown ? Math.Max(rows, columns) == rows && rows == columns ? rows : Shape.Unknown : Math.Min(rows, columns);
        context.Return(new Shape([.. shape.Dimensions[..^2], length]), context.DType(0));
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context) => context.Return(0, MatrixSetDiagOp.Instance.Apply(Ops.ZerosLike(context.Input(0)), context.Upstream(0)));

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        var shape = context.InputTensor(0).Shape;
        DiagonalKernel.Move(context.InputTensor(0).Bytes, context.OutputTensor(0).Bytes, context.OutputTensor(0).Shape.Size, shape[^2], shape[^1], context.InputTensor(0).DType.Size, toMatrix: false);
    }
}

/// <summary>Matrices with other diagonals. Source: <c>tf.linalg.set_diag</c>.</summary>
public sealed record MatrixSetDiagOp : Op
{
    internal static readonly MatrixSetDiagOp Instance = new();

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        var (matrix, diagonal) = (context.Shape(0), context.Shape(1));
        if (matrix.Rank < 2 || context.DType(0) == DType.String) throw Refuse("there are no matrices", context, "numbers [..., rows, columns]");
        if (context.DType(0) != context.DType(1)) throw Refuse("the dtypes differ", context, "equal dtypes", "Convert with Ops.Cast.");
        if (diagonal.Rank != matrix.Rank - 1 || !diagonal[..^1].IsCompatibleWith(matrix[..^2])) throw Refuse("the diagonals do not fit the matrices", context, "diagonals [..., length] for matrices [..., rows, columns]");
        var length = Math.Min(matrix[^2], matrix[^1]);
        if (length >= 0 && diagonal[^1] >= 0 && diagonal[^1] != length) throw Refuse("the diagonals have another length", context, $"diagonals of length {length}");
        context.Return(matrix, context.DType(0));
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        var upstream = context.Upstream(0);
        if (context.Needs(0)) context.Return(0, Instance.Apply(upstream, Ops.ZerosLike(context.Input(1))));
        if (context.Needs(1)) context.Return(1, MatrixDiagPartOp.Instance.Apply(upstream));
    }

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        var shape = context.OutputTensor(0).Shape;
        context.InputTensor(0).CopyTo(context.OutputTensor(0));
        DiagonalKernel.Move(context.InputTensor(1).Bytes, context.OutputTensor(0).Bytes, context.InputTensor(1).Shape.Size, shape[^2], shape[^1], context.InputTensor(1).DType.Size, toMatrix: true);
    }
}

/// <summary>Moves diagonals out of matrices and into them; only the size of an element matters.</summary>
static class DiagonalKernel
{
    internal static void Move(Span<byte> source, Span<byte> destination, int count, int rows, int columns, int size, bool toMatrix)
    {
        switch (size)
        {
            case 1: Move<byte>(source, destination, count, rows, columns, toMatrix); break;
            case 2: Move<ushort>(source, destination, count, rows, columns, toMatrix); break;
            case 4: Move<uint>(source, destination, count, rows, columns, toMatrix); break;
            case 8: Move<ulong>(source, destination, count, rows, columns, toMatrix); break;
            default: Move<UInt128>(source, destination, count, rows, columns, toMatrix); break;
        }
    }

    static void Move<T>(Span<byte> source, Span<byte> destination, int count, int rows, int columns, bool toMatrix)
        where T : unmanaged
    {
        var from = MemoryMarshal.Cast<byte, T>(source);
        var to = MemoryMarshal.Cast<byte, T>(destination);
        var length = Math.Min(rows, columns);
        for (var i = 0; i < count; i++)
        {
            var element = i / length * rows * columns + i % length * (columns + 1);
            if (toMatrix) to[element] = from[i];
            else to[i] = from[element];
        }
    }
}

/// <summary>Offers <see cref="MatrixDiagPartOp"/> and <see cref="MatrixSetDiagOp"/> to users.</summary>
public static class MatrixDiagPartEntry
{
    extension(Ops)
    {
        /// <summary>The diagonals of the matrices in the last two axes. Source: <c>tf.linalg.diag_part</c>.</summary>
        /// <param name="x">A tensor [..., rows, columns].</param>
        /// <exception cref="TapestryException">There are no matrices.</exception>
        public static Tensor MatrixDiagPart(Tensor x) => MatrixDiagPartOp.Instance.Apply(x);

        /// <summary>Matrices whose diagonals are replaced. Source: <c>tf.linalg.set_diag</c>.</summary>
        /// <param name="x">A tensor [..., rows, columns].</param>
        /// <param name="diagonal">A tensor [..., min(rows, columns)].</param>
        /// <exception cref="TapestryException">The diagonals do not fit the matrices.</exception>
        public static Tensor MatrixSetDiag(Tensor x, Tensor diagonal)
        {
            Promotion.Unify(ref x, ref diagonal);
            return MatrixSetDiagOp.Instance.Apply(x, diagonal);
        }
    }
}
