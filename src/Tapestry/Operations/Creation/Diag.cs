namespace Tapestry;

/// <summary>Matrices from diagonals, and parts of matrices on one side of a diagonal.</summary>
public static class DiagEntry
{
    extension(Ops)
    {
        /// <summary>Matrices with the given diagonals, zero elsewhere. Source: <c>tf.linalg.diag</c>.</summary>
        /// <param name="diagonal">The diagonals along the last dimension.</param>
        /// <param name="k">Which diagonal: 0 the main one, positive ones above it, negative ones below.</param>
        public static Tensor MatrixDiag(Tensor diagonal, int k = 0)
        {
            if (diagonal.Rank == 0) throw new TapestryException("MatrixDiag", "a scalar is no diagonal", diagonal.Spec.ToString(), "at least one dimension");
            var length = diagonal.Shape[^1];
            if (length < 0) throw new TapestryException("MatrixDiag", "the length of the diagonal is unknown", diagonal.Spec.ToString(), "a known last dimension");
            // Row by row the diagonal's element, wherever the column is on it.
            var (above, below) = (Math.Max(k, 0), Math.Max(-k, 0));
            var rows = Ops.Pad(diagonal, Widths(diagonal.Rank, below, above));
            var mask = Ops.Eye(length + above + below, k: k, dtype: DType.Bool);
            var column = Ops.ExpandDims(rows, -1);
            return Ops.Where(mask, column, Ops.ZerosLike(column));
        }

        /// <summary>A matrix with the vector on a diagonal, or the diagonal of a matrix. Source: <c>keras.ops.diag</c>.</summary>
        /// <param name="x">A vector or a matrix.</param>
        /// <param name="k">Which diagonal: 0 the main one, positive ones above it, negative ones below.</param>
        /// <exception cref="TapestryException">The tensor is neither a vector nor a matrix.</exception>
        public static Tensor Diag(Tensor x, int k = 0) => x.Rank switch
        {
            1 => Ops.MatrixDiag(x, k),
            2 => Ops.Diagonal(x, k),
            _ => throw new TapestryException("Diag", $"a tensor of rank {x.Rank}", x.Spec.ToString(), "a vector or a matrix"),
        };

        /// <summary>Diagonals of the matrices that two dimensions form, along a new last dimension. Source: <c>keras.ops.diagonal</c>.</summary>
        /// <param name="x">A tensor of at least two dimensions.</param>
        /// <param name="offset">Which diagonal: 0 the main one, positive ones above it, negative ones below.</param>
        /// <param name="axis1">The dimension of the rows.</param>
        /// <param name="axis2">The dimension of the columns.</param>
        /// <exception cref="TapestryException">There are no two such dimensions.</exception>
        public static Tensor Diagonal(Tensor x, int offset = 0, int axis1 = 0, int axis2 = 1)
        {
            if (x.Rank < 2) throw new TapestryException("Diagonal", $"a tensor of rank {x.Rank}", x.Spec.ToString(), "at least two dimensions");
            var matrices = Ops.MoveAxis(x, [axis1, axis2], [-2, -1]);
            var (rows, columns) = (SliceRange.All with { Start = Math.Max(-offset, 0) }, SliceRange.All with { Start = Math.Max(offset, 0) });
            return Ops.MatrixDiagPart(new StridedSliceOp([.. Enumerable.Repeat(SliceRange.All, x.Rank - 2), rows, columns]).Apply(matrices));
        }

        /// <summary>The sum of a diagonal of the matrices that two dimensions form. Source: <c>keras.ops.trace</c>.</summary>
        /// <param name="x">A tensor of at least two dimensions.</param>
        /// <param name="offset">Which diagonal.</param>
        /// <param name="axis1">The dimension of the rows.</param>
        /// <param name="axis2">The dimension of the columns.</param>
        public static Tensor Trace(Tensor x, int offset = 0, int axis1 = 0, int axis2 = 1) => Ops.Sum(Ops.Diagonal(x, offset, axis1, axis2), -1);

        /// <summary>Matrices with the elements above a diagonal set to zero. Source: <c>keras.ops.tril</c>.</summary>
        /// <param name="x">A tensor of at least two dimensions.</param>
        /// <param name="k">Which diagonal: 0 the main one, positive ones above it, negative ones below.</param>
        public static Tensor Tril(Tensor x, int k = 0) => Band(x, "Tril", (rows, columns) => Ops.Tri(rows, columns, k, DType.Bool));

        /// <summary>Matrices with the elements below a diagonal set to zero. Source: <c>keras.ops.triu</c>.</summary>
        /// <param name="x">A tensor of at least two dimensions.</param>
        /// <param name="k">Which diagonal: 0 the main one, positive ones above it, negative ones below.</param>
        public static Tensor Triu(Tensor x, int k = 0) => Band(x, "Triu", (rows, columns) => Ops.LogicalNot(Ops.Tri(rows, columns, k - 1, DType.Bool)));

        /// <summary>The middle diagonals of matrices, with zeros elsewhere. Source: <c>tf.linalg.band_part</c>.</summary>
        /// <param name="x">A tensor [..., rows, columns].</param>
        /// <param name="numLower">How many diagonals below the main one are kept; -1 keeps all.</param>
        /// <param name="numUpper">How many diagonals above the main one are kept; -1 keeps all.</param>
        /// <exception cref="TapestryException">There are no matrices.</exception>
        public static Tensor MatrixBandPart(Tensor x, int numLower, int numUpper)
        {
            if (numUpper >= 0) x = Ops.Tril(x, numUpper);
            return numLower >= 0 ? Ops.Triu(x, -numLower) : Promotion.To(x, x.DType);
        }
    }

    static Tensor Band(Tensor x, string subject, Func<int, int, Tensor> mask)
    {
        if (x.Rank < 2 || x.Shape[^1] < 0 || x.Shape[^2] < 0) throw new TapestryException(subject, "no matrices of known size", x.Spec.ToString(), "at least two dimensions, of which the last two are known");
        x = Promotion.To(x, x.DType);
        return Ops.Where(mask(x.Shape[^2], x.Shape[^1]), x, Ops.ZerosLike(x));
    }

    static int[,] Widths(int rank, int before, int after)
    {
        var widths = new int[rank, 2];
        (widths[rank - 1, 0], widths[rank - 1, 1]) = (before, after);
        return widths;
    }
}
