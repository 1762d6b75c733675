namespace Tapestry.Keras.Training;

/// <summary>Batches from any sequence: each pass over it is an epoch.</summary>
sealed class EnumeratedBatches : IBatchSource
{
    readonly IEnumerable<Batch> batches;
    readonly IReadOnlyDictionary<int, double>? classWeight;
    BatchLayout? layout;

    internal EnumeratedBatches(IEnumerable<Batch> batches, IReadOnlyDictionary<int, double>? classWeight = null)
    {
        this.batches = batches;
        this.classWeight = classWeight;
        Steps = batches.TryGetNonEnumeratedCount(out var count) ? count : null;
    }

    public int? Steps { get; private set; }

    public BatchLayout Layout => layout ?? throw new InvalidOperationException("The layout follows from the first batch.");

    public IEnumerable<Tensor[]> Epoch(int epoch, bool reuse)
    {
        var steps = 0;
        foreach (var batch in batches)
        {
            steps++;
            var weighted = classWeight is null || batch.Y is null ? batch : batch with { SampleWeight = ClassWeights.Of(batch.Y, classWeight) };
            var found = BatchLayout.Of(weighted, out var tensors);
            if (layout is null || layout.Key != found.Key) layout = found;
            yield return tensors;
        }

        // Known from the end of the first pass on.
        Steps ??= steps;
    }
}
