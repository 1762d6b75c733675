namespace Tapestry.Keras.Training;

/// <summary>How the tensors of a batch make up inputs, targets and weights. Batches of one layout share a compiled step.</summary>
sealed class BatchLayout
{
    readonly Nest x;
    readonly Nest? y;
    readonly Nest? sampleWeight;

    BatchLayout(Nest x, Nest? y, Nest? sampleWeight)
    {
        var next = 0;
        Nest Numbered(Nest nest) => nest.MapLeaves(leaf => leaf is null ? null : new LeafNumber(next++));
        this.x = Numbered(x);
        this.y = y is null ? null : Numbered(y);
        this.sampleWeight = sampleWeight is null ? null : Numbered(sampleWeight);
        Count = next;
        Key = $"{x.Structure()}|{y?.Structure()}|{sampleWeight?.Structure()}";
    }

    /// <summary>The number of tensors.</summary>
    internal int Count { get; }

    /// <summary>Equal texts are equal layouts.</summary>
    internal string Key { get; }

    /// <summary>The layout of a batch, and its tensors.</summary>
    internal static BatchLayout Of(Batch batch, out Tensor[] tensors)
    {
        var found = new List<Tensor>();
        foreach (var nest in (Nest?[])[batch.X, batch.Y, batch.SampleWeight])
        {
            if (nest is null) continue;
            foreach (var leaf in nest.FlattenLeaves())
            {
                if (leaf is not null) found.Add(((Nest)Nest.Of(leaf)).Single());
            }
        }

        tensors = [.. found];
        return new BatchLayout(batch.X, batch.Y, batch.SampleWeight);
    }

    /// <summary>The batch made of other tensors.</summary>
    internal Batch Pack(IReadOnlyList<Tensor> tensors)
    {
        Nest Filled(Nest nest) => nest.MapLeaves(leaf => leaf is LeafNumber number ? tensors[number.Value] : null);
        return new Batch(Filled(x), y is null ? null : Filled(y), sampleWeight is null ? null : Filled(sampleWeight));
    }

    sealed record LeafNumber(int Value);
}
