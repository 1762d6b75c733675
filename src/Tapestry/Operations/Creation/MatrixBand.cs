namespace Tapestry;

/// <summary>Makes matrices of several neighbouring diagonals.</summary>
public static class MatrixBandEntry
{
    extension(Ops)
    {
        /// <summary>Matrices with the given neighbouring diagonals and one value elsewhere. Source: <c>tf.linalg.diag</c> with a range of diagonals.</summary>
        /// <param name="diagonals">The diagonals along the last dimension, from the highest to the lowest along the one before; a single diagonal has no such dimension.</param>
        /// <param name="lower">The lowest diagonal: 0 is the main one, positive ones stand above it, negative ones below.</param>
        /// <param name="upper">The highest diagonal.</param>
        /// <param name="rows">The number of rows; by default there are as few as will do, or as many as columns where those are not given either.</param>
        /// <param name="columns">The number of columns, likewise.</param>
        /// <param name="paddingValue">What stands elsewhere.</param>
        /// <param name="align">Where diagonals shorter than the longest stand.</param>
        /// <exception cref="TapestryException">The diagonals do not fit into the matrix, or their number or length is another.</exception>
        public static Tensor MatrixDiag(Tensor diagonals, int lower, int upper, int? rows = null, int? columns = null, double paddingValue = 0, DiagonalAlignment align = DiagonalAlignment.RightLeft)
        {
            var isBand = lower != upper;
            if (lower > upper || diagonals.Rank < (isBand ? 2 : 1) || diagonals.Shape[^1] < 0) throw Refused("there are no such diagonals", diagonals, lower, upper, isBand ? "a range from the lower to the upper, and at least two dimensions of which the last is known" : "at least one dimension, the last of them known");
            var length = diagonals.Shape[^1];
            if (isBand && diagonals.Shape[^2] != upper - lower + 1) throw Refused("the number of diagonals is another", diagonals, lower, upper, $"{upper - lower + 1} in the dimension before the last");
            var (fewestRows, fewestColumns) = (length - Math.Min(upper, 0), length + Math.Max(lower, 0));
            var isSquare = rows is null && columns is null;
            var height = rows ?? (isSquare ? Math.Max(fewestRows, fewestColumns) : fewestRows);
            var width = columns ?? (isSquare ? height : fewestColumns);
            if (LengthOf(upper, height, width) < 1 || LengthOf(lower, height, width) < 1 || Math.Min(height + Math.Min(upper, 0), width - Math.Max(lower, 0)) != length) throw Refused($"the diagonals do not fit into {height} × {width}", diagonals, lower, upper, "a longest diagonal of the length of the last dimension");
            diagonals = Promotion.To(diagonals, diagonals.DType);
            var (places, mask) = (new int[height * width], new bool[height, width]);
            foreach (var (row, column, place) in Places(lower, upper, height, width, length, align)) (places[(row * width) + column], mask[row, column]) = (place, true);
            var flat = new MergeDimensionsOp(diagonals.Rank - (isBand ? 2 : 1), isBand ? 2 : 1).Apply(diagonals);
            var matrices = Ops.Gather(flat, Ops.Reshape(places, [height, width]), -1);
            return Ops.Where(mask, matrices, Ops.Cast(paddingValue, matrices.DType));
        }

        /// <summary>Neighbouring diagonals of the matrices in the last two axes. Source: <c>tf.linalg.diag_part</c> with a range of diagonals.</summary>
        /// <param name="x">A tensor [..., rows, columns] whose rows and columns are known.</param>
        /// <param name="lower">The lowest diagonal: 0 is the main one, positive ones stand above it, negative ones below.</param>
        /// <param name="upper">The highest diagonal.</param>
        /// <param name="paddingValue">What stands beside diagonals shorter than the longest.</param>
        /// <param name="align">Where diagonals shorter than the longest stand.</param>
        /// <returns>The diagonals along the last dimension, from the highest to the lowest along the one before; a single diagonal has no such dimension.</returns>
        /// <exception cref="TapestryException">There are no matrices, or they have no such diagonals.</exception>
        public static Tensor MatrixDiagPart(Tensor x, int lower, int upper, double paddingValue = 0, DiagonalAlignment align = DiagonalAlignment.RightLeft)
        {
            var (rows, columns, length) = Size("MatrixDiagPart", x, lower, upper);
            x = Promotion.To(x, x.DType);
            var (places, mask) = (new int[(upper - lower + 1) * length], new bool[(upper - lower + 1) * length]);
            foreach (var (row, column, place) in Places(lower, upper, rows, columns, length, align)) (places[place], mask[place]) = ((row * columns) + column, true);
            ReadOnlySpan<int> shape = lower == upper ? [length] : [upper - lower + 1, length];
            var diagonals = Ops.Gather(new MergeDimensionsOp(x.Rank - 2, 2).Apply(x), Ops.Reshape(places, new Shape(shape)), -1);
            return Ops.Where(Ops.Reshape(mask, new Shape(shape)), diagonals, Ops.Cast(paddingValue, diagonals.DType));
        }

        /// <summary>Matrices of which neighbouring diagonals are replaced. Source: <c>tf.linalg.set_diag</c> with a range of diagonals.</summary>
        /// <param name="x">A tensor [..., rows, columns] whose rows and columns are known.</param>
        /// <param name="diagonals">The diagonals along the last dimension, from the highest to the lowest along the one before; a single diagonal has no such dimension.</param>
        /// <param name="lower">The lowest diagonal: 0 is the main one, positive ones stand above it, negative ones below.</param>
        /// <param name="upper">The highest diagonal.</param>
        /// <param name="align">Where diagonals shorter than the longest stand.</param>
        /// <exception cref="TapestryException">There are no matrices, or the diagonals do not fit them.</exception>
        public static Tensor MatrixSetDiag(Tensor x, Tensor diagonals, int lower, int upper, DiagonalAlignment align = DiagonalAlignment.RightLeft)
        {
            Promotion.Unify(ref x, ref diagonals);
            var (rows, columns, length) = Size("MatrixSetDiag", x, lower, upper);
            var mask = new bool[rows, columns];
            foreach (var (row, column, _) in Places(lower, upper, rows, columns, length, align)) mask[row, column] = true;
            return Ops.Where(mask, Ops.MatrixDiag(diagonals, lower, upper, rows, columns, align: align), x);
        }
    }

    // The elements of a matrix that lie on the diagonals, with their places among these.
    static IEnumerable<(int Row, int Column, int Place)> Places(int lower, int upper, int rows, int columns, int length, DiagonalAlignment align)
    {
        for (var row = 0; row < rows; row++)
        {
            for (var column = Math.Max(0, row + lower); column <= Math.Min(columns - 1, row + upper); column++)
            {
                var diagonal = column - row;
                var isLeft = (diagonal >= 0 && align is DiagonalAlignment.LeftLeft or DiagonalAlignment.LeftRight) || (diagonal <= 0 && align is DiagonalAlignment.LeftLeft or DiagonalAlignment.RightLeft);
                var shift = isLeft ? 0 : length - LengthOf(diagonal, rows, columns);
                yield return (row, column, ((upper - diagonal) * length) + Math.Min(row, column) + shift);
            }
        }
    }

    // Rows, columns and the length of the longest diagonal.
    static (int Rows, int Columns, int Length) Size(string subject, Tensor x, int lower, int upper)
    {
        if (x.Rank < 2 || x.Shape[^1] < 0 || x.Shape[^2] < 0) throw new TapestryException(subject, "there are no matrices of known size", x.Spec.ToString(), "a tensor [..., rows, columns]");
        var (rows, columns) = (x.Shape[^2], x.Shape[^1]);
        if (lower > upper || LengthOf(upper, rows, columns) < 1 || LengthOf(lower, rows, columns) < 1) throw new TapestryException(subject, "there are no such diagonals", $"{x.Spec}, the diagonals {lower} to {upper}", $"a range within {1 - rows} to {columns - 1}");
        return (rows, columns, Math.Min(rows + Math.Min(upper, 0), columns - Math.Max(lower, 0)));
    }

    static int LengthOf(int diagonal, int rows, int columns) => Math.Min(rows + Math.Min(diagonal, 0), columns - Math.Max(diagonal, 0));

    static TapestryException Refused(string fault, Tensor diagonals, int lower, int upper, string expected) =>
        new("MatrixDiag", fault, $"{diagonals.Spec} for the diagonals {lower} to {upper}", expected);
}
