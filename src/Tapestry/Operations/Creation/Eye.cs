namespace Tapestry;

/// <summary>Makes matrices of a diagonal.</summary>
public static class EyeEntry
{
    extension(Ops)
    {
        /// <summary>A matrix of zeros with ones on a diagonal. Source: <c>tf.eye</c>, <c>keras.ops.eye</c>.</summary>
        /// <param name="rows">The number of rows.</param>
        /// <param name="columns">The number of columns; that of the rows by default.</param>
        /// <param name="k">Which diagonal: 0 the main one, positive ones above it, negative ones below.</param>
        /// <param name="dtype">The dtype; <see cref="DType.DefaultFloat"/> by default.</param>
        /// <param name="batchShape">The dimensions in front of the matrices; none by default.</param>
        public static Tensor Eye(int rows, int? columns = null, int k = 0, DType? dtype = null, Shape? batchShape = null)
        {
            var positions = new int[rows];
            for (var row = 0; row < rows; row++) positions[row] = row + k;
            var matrix = Ops.OneHot(positions, columns ?? rows, dtype: dtype);
            return batchShape is null ? matrix : Ops.BroadcastTo(matrix, [.. batchShape, .. matrix.Shape]);
        }

        /// <summary>A matrix of ones on and below a diagonal, zeros above. Source: <c>keras.ops.tri</c>.</summary>
        /// <param name="rows">The number of rows.</param>
        /// <param name="columns">The number of columns; that of the rows by default.</param>
        /// <param name="k">Which diagonal: 0 the main one, positive ones above it, negative ones below.</param>
        /// <param name="dtype">The dtype; <see cref="DType.DefaultFloat"/> by default.</param>
        public static Tensor Tri(int rows, int? columns = null, int k = 0, DType? dtype = null)
        {
            var row = Ops.ExpandDims(Ops.Range(rows), 1);
            return Ops.Cast(Ops.Range(columns ?? rows) <= row + k, dtype ?? DType.DefaultFloat);
        }
    }
}
