namespace Tapestry;

/// <summary>Rows of a table by their numbers.</summary>
public static class EmbeddingLookupEntry
{
    extension(Ops)
    {
        /// <summary>The rows of a table, shortened to a greatest norm where one is given. The gradient of the table is a list of rows. Source: <c>tf.nn.embedding_lookup</c>.</summary>
        /// <param name="x">A table [rows, …].</param>
        /// <param name="ids">The numbers of rows: integers of any shape.</param>
        /// <param name="maxNorm">The greatest Euclidean norm of a row; null for none.</param>
        /// <exception cref="TapestryException">There are no rows, or a number is not that of a row.</exception>
        public static Tensor EmbeddingLookup(Tensor x, Tensor ids, double? maxNorm = null)
        {
            var rows = Ops.Gather(x, ids);
            return maxNorm is { } limit ? Ops.ClipByNorm(rows, limit, Enumerable.Range(ids.Rank, rows.Rank - ids.Rank).ToArray()) : rows;
        }
    }
}
