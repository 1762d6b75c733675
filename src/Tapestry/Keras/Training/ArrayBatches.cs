namespace Tapestry.Keras.Training;

/// <summary>Cuts tensors along their first axis into batches, in order or shuffled. The order of an epoch follows from its number alone.</summary>
sealed class ArrayBatches : IBatchSource
{
    readonly BatchLayout layout;
    readonly Tensor[] tensors;
    readonly int batchSize;
    readonly bool shuffle;
    readonly int samples;

    internal ArrayBatches(Batch data, int batchSize, bool shuffle, string subject)
    {
        if (batchSize < 1) throw new TapestryException(subject, "a batch has at least one sample", $"batchSize {batchSize}", "a number above 0");
        layout = BatchLayout.Of(data, out tensors);
        this.batchSize = batchSize;
        this.shuffle = shuffle;
        samples = Cardinality(data, subject);
        Steps = (samples + batchSize - 1) / batchSize;
    }

    public int? Steps { get; }

    public BatchLayout Layout => layout;

    /// <summary>The number of samples, equal in all tensors.</summary>
    internal static int Cardinality(Batch data, string subject)
    {
        _ = BatchLayout.Of(data, out var all);
        if (all.Length == 0) throw new TapestryException(subject, "no data", expected: "at least one tensor of inputs");
        foreach (var tensor in all) TensorReader.RequireValues(tensor, subject);
        if (Array.Find(all, tensor => tensor.Rank == 0) is { } scalar) throw new TapestryException(subject, "a scalar has no samples", scalar.Spec.ToString(), "tensors whose first axis is that of the samples");
        if (all.Any(tensor => tensor.Shape[0] != all[0].Shape[0]))
        {
            throw new TapestryException(
                subject,
                "the numbers of samples differ",
                $"x {Sizes(data.X)}{(data.Y is null ? "" : $", y {Sizes(data.Y)}")}{(data.SampleWeight is null ? "" : $", sampleWeight {Sizes(data.SampleWeight)}")}",
                "the same length of the first axis in all of them",
                "Check that every input, target and weight has one row per sample.");
        }

        return all[0].Shape[0] > 0 ? all[0].Shape[0] : throw new TapestryException(subject, "the data set is empty", $"x {Sizes(data.X)}", "at least one sample", "Check how the data were read or filtered.");
    }

    public IEnumerable<Tensor[]> Epoch(int epoch, bool reuse)
    {
        var order = shuffle ? Permutation(samples, epoch) : null;
        var full = reuse ? Buffers(batchSize) : null;
        for (var start = 0; start < samples; start += batchSize)
        {
            var count = Math.Min(batchSize, samples - start);
            var batch = count == batchSize && full is not null ? full : Buffers(count);
            for (var i = 0; i < batch.Length; i++) Copy(tensors[i], batch[i], start, order);
            yield return batch;
        }
    }

    Tensor[] Buffers(int count) => [.. tensors.Select(tensor => Tensor.Allocate(tensor.DType, new Shape([count, .. tensor.Shape.Dimensions[1..]])))];

    static void Copy(Tensor from, Tensor to, int start, int[]? order)
    {
        var count = to.Shape[0];
        if (from.DType == DType.String)
        {
            var width = from.Size / from.Shape[0];
            for (var i = 0; i < count; i++) from.Texts.AsSpan((order?[start + i] ?? start + i) * width, width).CopyTo(to.Texts.AsSpan(i * width));
            return;
        }

        var row = from.Bytes.Length / from.Shape[0];
        if (order is null)
        {
            from.Bytes.Slice(start * row, count * row).CopyTo(to.Bytes);
            return;
        }

        for (var i = 0; i < count; i++) from.Bytes.Slice(order[start + i] * row, row).CopyTo(to.Bytes[(i * row)..]);
    }

    static int[] Permutation(int count, int epoch)
    {
        var order = Enumerable.Range(0, count).ToArray();
        new Random(epoch).Shuffle(order);
        return order;
    }

    static string Sizes(Nest nest) => string.Join(", ", nest.FlattenLeaves().OfType<Tensor>().Select(tensor => tensor.Spec.ToString()));
}

/// <summary>Gives the batches of epochs.</summary>
interface IBatchSource
{
    /// <summary>The number of batches in an epoch, where it is known.</summary>
    int? Steps { get; }

    /// <summary>How the tensors of a batch belong together.</summary>
    BatchLayout Layout { get; }

    /// <summary>The batches of an epoch.</summary>
    /// <param name="epoch">The number of the epoch.</param>
    /// <param name="reuse">Whether a batch may be written over when the next one is asked for.</param>
    IEnumerable<Tensor[]> Epoch(int epoch, bool reuse);
}
