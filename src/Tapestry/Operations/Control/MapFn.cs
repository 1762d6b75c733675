namespace Tapestry;

/// <summary>Programs applied to each entry of the first dimension.</summary>
public static class MapFnEntry
{
    extension(Ops)
    {
        /// <summary>
        /// A program applied to each entry of the first dimension; the results are stacked. Eagerly it is a C# loop; in a traced function the
        /// program is traced once. Operations on whole tensors are faster where they will do. Source: <c>tf.map_fn</c>, <c>keras.ops.map</c>.
        /// </summary>
        /// <param name="function">From an entry, in the structure of <paramref name="elements"/>, to a result.</param>
        /// <param name="elements">Tensors with the same first dimension.</param>
        /// <returns>The structure of a result, each tensor with the first dimension in front.</returns>
        /// <exception cref="TapestryException">There are no tensors, or their first dimensions differ.</exception>
        public static Nest MapFn(Func<Nest, Nest> function, Nest elements) =>
            new EntryLoop("MapFn", elements, (_, entry) => (EntryLoop.Nothing, function(entry)), reverse: false).Run(EntryLoop.Nothing).Results;

        /// <summary>A program of one tensor applied to each entry of the first dimension; the results are stacked.</summary>
        /// <param name="function">From an entry to a result.</param>
        /// <param name="elements">A tensor of rank 1 or more.</param>
        public static Tensor MapFn(Func<Tensor, Tensor> function, Tensor elements) => Ops.MapFn(entry => (Nest)function(entry.Single()), (Nest)elements).Single();
    }
}
