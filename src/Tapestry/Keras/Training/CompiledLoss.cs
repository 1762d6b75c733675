namespace Tapestry.Keras.Training;

/// <summary>The losses of all outputs as one, with the mean of each over an epoch when there are several.</summary>
sealed class CompiledLoss(LossAssignment assignment, LossWeights? weights)
{
    Output[]? outputs;

    /// <summary>The means of the single losses; none when there is only one.</summary>
    internal IReadOnlyList<Metrics.Mean> Trackers => [.. (outputs ?? []).Select(output => output.Tracker).OfType<Metrics.Mean>()];

    /// <summary>The weighted sum of the losses.</summary>
    internal Tensor Apply(Nest yTrue, NamedOutputs yPred, Nest? sampleWeight)
    {
        var targets = yPred.Targets(yTrue);
        var sampleWeights = yPred.Weights(sampleWeight);
        outputs ??= Build(targets, yPred);
        Tensor? total = null;
        foreach (var output in outputs)
        {
            var target = targets[output.Index] ?? throw new TapestryException("Fit", $"no target for the output '{yPred.Names[output.Index]}'", yTrue.ToString(), "a target for each output with a loss");
            var prediction = yPred.Predictions[output.Index];
            var value = output.Loss.Apply(target, prediction, sampleWeights[output.Index]);
            // In the original the size of the batch is unknown here, so a last, smaller batch counts as much as the others.
            output.Tracker?.UpdateState(value);
            if (output.Weight is { } weight) value *= weight;
            total = total is null ? value : total + value;
        }

        return total!;
    }

    Output[] Build(Tensor?[] targets, NamedOutputs yPred)
    {
        var chosen = Choices(yPred);
        var count = chosen.Count(choice => choice is not null);
        if (count == 0) throw new TapestryException("Compile", "no output has a loss", expected: "a loss for at least one output");
        var factors = Factors(yPred, chosen);
        var built = new List<Output>();
        for (var i = 0; i < chosen.Length; i++)
        {
            if (chosen[i] is not { } choice) continue;
            var target = targets[i] ?? throw new TapestryException("Fit", $"no target for the output '{yPred.Names[i]}'", expected: "a target for each output with a loss");
            built.Add(new Output(i, choice.For(target, yPred.Predictions[i]), factors[i], count > 1 ? new Metrics.Mean($"{yPred.Names[i]}_loss") : null));
        }

        return [.. built];
    }

    LossChoice?[] Choices(NamedOutputs yPred)
    {
        if (assignment.Single is { } single) return [.. Enumerable.Repeat(single, yPred.Count)];
        if (assignment.Named.Count > 0)
        {
            if (assignment.Named.Keys.Except(yPred.Names).Any()) throw Mismatch("loss", "the dictionary names outputs that there are not", string.Join(", ", assignment.Named.Keys), yPred);
            return [.. yPred.Names.Select(name => assignment.Named.GetValueOrDefault(name))];
        }

        return assignment.Items.Count == yPred.Count ? [.. assignment.Items] : throw Mismatch("loss", "not one loss per output", $"{assignment.Items.Count} losses", yPred);
    }

    double?[] Factors(NamedOutputs yPred, LossChoice?[] chosen)
    {
        if (weights is null) return new double?[yPred.Count];
        if (weights.Named.Count > 0)
        {
            if (weights.Named.Keys.Except(yPred.Names).Any()) throw Mismatch("lossWeights", "the dictionary names outputs that there are not", string.Join(", ", weights.Named.Keys), yPred);
            return [.. yPred.Names.Select(name => weights.Named.TryGetValue(name, out var weight) ? weight : (double?)null)];
        }

        if (weights.Items.Count != chosen.Length) throw Mismatch("lossWeights", "not one weight per loss", $"{weights.Items.Count} weights", yPred);
        return [.. weights.Items.Select(weight => (double?)weight)];
    }

    static TapestryException Mismatch(string argument, string fault, string received, NamedOutputs yPred) =>
        new($"Compile.{argument}", fault, received, $"the outputs {string.Join(", ", yPred.Names)}");

    sealed record Output(int Index, Loss Loss, double? Weight, Metrics.Mean? Tracker);
}
