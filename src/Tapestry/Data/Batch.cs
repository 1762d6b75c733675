namespace Tapestry;

/// <summary>Joins elements to batches and takes batches apart.</summary>
public static class BatchTransformation
{
    extension(Dataset dataset)
    {
        /// <summary>Joins consecutive elements along a new first dimension.</summary>
        /// <param name="batchSize">Elements per batch; the last batch may be smaller.</param>
        /// <param name="dropRemainder">Whether a smaller last batch is left out.</param>
        /// <exception cref="TapestryException">The size is below 1, or (while walking) elements of different shapes meet.</exception>
        public Dataset Batch(int batchSize, bool dropRemainder = false)
        {
            if (batchSize < 1) throw new TapestryException("Dataset.Batch", "the batch size is below 1", batchSize.ToString(), "1 or more");
            var count = dataset.Cardinality is { } all ? dropRemainder ? all / batchSize : (all + batchSize - 1) / batchSize : (long?)null;
            return new Sequence("Batch", count, () => Batches(dataset, batchSize, dropRemainder));
        }

        /// <summary>Takes batches apart again: one element for each position of the first dimension.</summary>
        public Dataset Unbatch() => new Sequence("Unbatch", null, () => dataset.SelectMany(batch => new TensorSlices(batch)));
    }

    static IEnumerable<Nest> Batches(Dataset dataset, int batchSize, bool dropRemainder)
    {
        var batch = new List<Nest>(batchSize);
        foreach (var element in dataset)
        {
            batch.Add(element);
            if (batch.Count < batchSize) continue;
            yield return Join(batch);
            batch.Clear();
        }

        if (batch.Count > 0 && !dropRemainder) yield return Join(batch);
    }

    static Nest Join(List<Nest> elements)
    {
        var leaves = elements.Select(element => element.Flatten()).ToArray();
        var joined = new object?[leaves[0].Count];
        for (var i = 0; i < joined.Length; i++) joined[i] = Join(leaves, i);
        return elements[0].Pack(joined);
    }

    static Tensor Join(IReadOnlyList<Tensor>[] elements, int leaf)
    {
        var first = elements[0][leaf];
        var whole = Tensor.Allocate(first.DType, new Shape([elements.Length, .. first.Shape.Dimensions]));
        for (var i = 0; i < elements.Length; i++)
        {
            var element = elements[i][leaf];
            if (element.Shape != first.Shape || element.DType != first.DType)
            {
                throw new TapestryException("Dataset.Batch", "elements of different shapes or dtypes do not join", $"{first.Spec} and {element.Spec}", "equal elements", "Pad or resize them in a Map before.");
            }

            // A row of texts is a copy, a row of anything else shares the memory.
            if (first.DType == DType.String) element.Texts.CopyTo(whole.Texts, i * first.Size);
            else element.CopyTo(whole.Row(i));
        }

        return whole;
    }
}
