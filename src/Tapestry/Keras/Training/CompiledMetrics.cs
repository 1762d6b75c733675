namespace Tapestry.Keras.Training;

/// <summary>The metrics of all outputs, unweighted and weighted, and the names of their results.</summary>
sealed class CompiledMetrics(MetricAssignment? metrics, MetricAssignment? weightedMetrics)
{
    List<Entry>? entries;

    /// <summary>The metrics in the order of their definition.</summary>
    internal IReadOnlyList<Metric> Metrics => [.. (entries ?? []).Select(entry => entry.Metric)];

    /// <summary>Adds a batch.</summary>
    internal void UpdateState(Nest yTrue, NamedOutputs yPred, Nest? sampleWeight)
    {
        if (metrics is null && weightedMetrics is null) return;
        var targets = yPred.Targets(yTrue);
        var sampleWeights = yPred.Weights(sampleWeight);
        entries ??= Build(targets, yPred);
        foreach (var entry in entries)
        {
            if (targets[entry.Output] is { } target) entry.Metric.UpdateState(target, yPred.Predictions[entry.Output], entry.IsWeighted ? sampleWeights[entry.Output] : null);
        }
    }

    /// <summary>The results by their names.</summary>
    internal void AddResults(Dictionary<string, Tensor> results)
    {
        var uses = new Dictionary<string, int>();
        foreach (var entry in entries ?? [])
        {
            foreach (var (key, value) in entry.Metric.Results())
            {
                var name = entry.Prefix + key;
                if (entry.IsWeighted && uses.ContainsKey(name)) name = $"{entry.Prefix}weighted_{key}";
                var used = uses.GetValueOrDefault(name);
                uses[name] = used + 1;
                results[used == 0 ? name : $"{name}_{used}"] = value;
            }
        }
    }

    List<Entry> Build(Tensor?[] targets, NamedOutputs yPred)
    {
        var built = new List<Entry>();
        foreach (var (assignment, isWeighted) in ((MetricAssignment?, bool)[])[(metrics, false), (weightedMetrics, true)])
        {
            if (assignment is null) continue;
            var groups = Groups(assignment, yPred, isWeighted ? "weightedMetrics" : "metrics");
            for (var i = 0; i < groups.Length; i++)
            {
                foreach (var choice in groups[i])
                {
                    if (targets[i] is not { } target) throw new TapestryException("Fit", $"no target for the output '{yPred.Names[i]}'", expected: "a target for each output with metrics");
                    built.Add(new Entry(i, choice.For(target, yPred.Predictions[i]), yPred.Count > 1 ? yPred.Names[i] + "_" : "", isWeighted));
                }
            }
        }

        return built;
    }

    static IEnumerable<MetricChoice>[] Groups(MetricAssignment assignment, NamedOutputs yPred, string argument)
    {
        if (assignment.Named.Count > 0)
        {
            if (assignment.Named.Keys.Except(yPred.Names).Any()) throw new TapestryException($"Compile.{argument}", "the dictionary names outputs that there are not", string.Join(", ", assignment.Named.Keys), $"the outputs {string.Join(", ", yPred.Names)}");
            return [.. yPred.Names.Select(name => assignment.Named.GetValueOrDefault(name) as IEnumerable<MetricChoice> ?? [])];
        }

        if (yPred.Count == 1) return [[.. assignment.Items.Where(group => group is not null).SelectMany(group => group!)]];
        if (assignment.Items.Count != yPred.Count) throw new TapestryException($"Compile.{argument}", "not one entry per output", $"{assignment.Items.Count} entries", $"one for each of the outputs {string.Join(", ", yPred.Names)}", "Give a list per output, or a dictionary by their names.");
        return [.. assignment.Items.Select(group => group as IEnumerable<MetricChoice> ?? [])];
    }

    sealed record Entry(int Output, Metric Metric, string Prefix, bool IsWeighted);
}
