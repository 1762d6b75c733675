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
            for (var row = 0; row < height; row++)
            {
                for (var column = 0; column < width; column++)
                {
                    var diagonal = column - row;
                    if (diagonal < lower || diagonal > upper) continue;
                    var isLeft = (diagonal >= 0 && align is DiagonalAlignment.LeftLeft or DiagonalAlignment.LeftRight) || (diagonal <= 0 && align is DiagonalAlignment.LeftLeft or DiagonalAlignment.RightLeft);
                    var shift = isLeft ? 0 : length - LengthOf(diagonal, height, width);
                    places[(row * width) + column] = ((upper - diagonal) * length) + Math.Min(row, column) + shift;
                    mask[row, column] = true;
                }
            }

            var flat = new MergeDimensionsOp(diagonals.Rank - (isBand ? 2 : 1), isBand ? 2 : 1).Apply(diagonals);
            var matrices = Ops.Gather(flat, Ops.Reshape(places, [height, width]), -1);
            return Ops.Where(mask, matrices, Ops.Cast(paddingValue, matrices.DType));
        }
    }

    static int LengthOf(int diagonal, int rows, int columns) => Math.Min(rows + Math.Min(diagonal, 0), columns - Math.Max(diagonal, 0));

    static TapestryException Refused(string fault, Tensor diagonals, int lower, int upper, string expected) =>
        new("MatrixDiag", fault, $"{diagonals.Spec} for the diagonals {lower} to {upper}", expected);
}
