namespace Tapestry.Keras.Training;

/// <summary>The predictions of a model with the names of its outputs, and targets or weights brought into the same order.</summary>
sealed class NamedOutputs
{
    readonly Nest structure;

    internal NamedOutputs(Nest yPred, IReadOnlyList<string>? declared)
    {
        structure = yPred;
        Names = yPred.Kind == NestKind.Dictionary
            ? [.. yPred.Keys.OrderBy(key => declared is null ? 0 : Position(declared, key))]
            : declared is not null && declared.Count == yPred.Flatten().Count ? declared
            : yPred.IsTensor ? ["output"] : [.. Enumerable.Range(1, yPred.Flatten().Count).Select(i => $"output_{i}")];
        Predictions = [.. InOrder(yPred).Select(leaf => ((Nest)Nest.Of(leaf)).Single())];
    }

    /// <summary>The names of the outputs.</summary>
    internal IReadOnlyList<string> Names { get; }

    /// <summary>The predictions.</summary>
    internal IReadOnlyList<Tensor> Predictions { get; }

    /// <summary>The number of outputs.</summary>
    internal int Count => Predictions.Count;

    /// <summary>Targets in the order of the outputs; null where there are none.</summary>
    internal Tensor?[] Targets(Nest y)
    {
        var leaves = y.Kind == NestKind.Dictionary ? Names.Select(name => y.Keys.Contains(name) ? y[name].FlattenLeaves().Single() : null).ToList() : InOrder(y);
        if (leaves.Count != Count || y.Kind == NestKind.Dictionary && y.Keys.Except(Names).Any())
        {
            throw new TapestryException("Fit", "targets and predictions have different structures", $"targets {y}", $"one target for each of the outputs {string.Join(", ", Names)}", "Give the targets in the order of the outputs, or by their names.");
        }

        return [.. leaves.Select(leaf => leaf is null ? null : ((Nest)Nest.Of(leaf)).Single())];
    }

    /// <summary>Weights in the order of the outputs; a single one counts for all.</summary>
    internal Tensor?[] Weights(Nest? sampleWeight)
    {
        if (sampleWeight is null) return new Tensor?[Count];
        if (sampleWeight.IsTensor) return [.. Enumerable.Repeat(sampleWeight.Single(), Count)];
        return Targets(sampleWeight);
    }

    List<object?> InOrder(Nest nest) => nest.Kind == NestKind.Dictionary && structure.Kind == NestKind.Dictionary
        ? [.. Names.Select(name => nest[name].FlattenLeaves().Single())]
        : nest.FlattenLeaves();

    static int Position(IReadOnlyList<string> names, string name)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] == name) return i;
        }

        return names.Count;
    }
}
