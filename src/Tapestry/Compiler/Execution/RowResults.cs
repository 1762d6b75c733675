namespace Tapestry.Compiler;

/// <summary>
/// Results of a function that consist of rows (the gradient of a gathered table) are returned as their rows: the graph that runs gives rows and places as two results, which are put
/// together behind it, and never makes the whole. What it was given as an argument it hands on without a copy.
/// </summary>
sealed class RowResults
{
    readonly Entry[] entries;
    readonly int[] readings;
    readonly int updates;

    RowResults(Graph original, Graph graph, Entry[] entries)
    {
        Graph = graph;
        this.entries = entries;
        updates = graph.Updates.Count;
        var known = original.Variables.Select(Graph.ValueOf).ToList();
        readings = [.. graph.Variables.Select(variable => known.IndexOf(Graph.ValueOf(variable)))];
        IsPart = new bool[graph.Outputs.Count];
        foreach (var entry in entries)
        {
            if (entry.Sum is not null) IsPart[entry.First] = IsPart[entry.First + 1] = true;
        }
    }

    /// <summary>The graph that runs.</summary>
    internal Graph Graph { get; }

    /// <summary>For each result of <see cref="Graph"/>, whether it is rows or their places.</summary>
    internal bool[] IsPart { get; }

    /// <summary>Splits the results of a graph; null when none consists of rows.</summary>
    internal static RowResults? Of(Graph graph)
    {
        var (outputs, entries) = (new List<Tensor>(), new List<Entry>());
        foreach (var output in graph.Outputs)
        {
            var rows = output.Shape.IsFullyKnown && Graph.ValueOf(output) is { Kind: GraphValueKind.Result } ? output.Rows : null;
            entries.Add(new Entry(outputs.Count, output.Spec, rows?.Sum));
            if (rows is null) outputs.Add(output);
            else outputs.AddRange([Base(rows.Values), rows.Indices]);
        }

        if (outputs.Count == entries.Count) return null;
        var split = new DeadCode().Run(new Graph(graph.Name, graph.Arguments, graph.Nodes, outputs, graph.Updates));
        return new RowResults(graph, split, [.. entries]);
    }

    /// <summary>The readings of variables that the graph still has.</summary>
    internal Tensor[] Readings(ReadOnlySpan<Tensor> given)
    {
        var chosen = new Tensor[readings.Length];
        for (var i = 0; i < chosen.Length; i++) chosen[i] = given[readings[i]];
        return chosen;
    }

    /// <summary>The places for the results of <see cref="Graph"/>, with the tensors that are to be written into.</summary>
    internal Tensor[] Open(ReadOnlySpan<Tensor> results)
    {
        var parts = new Tensor[Graph.Outputs.Count + updates];
        for (var i = 0; i < entries.Length; i++)
        {
            if (entries[i].Sum is null) parts[entries[i].First] = results[i];
        }

        return parts;
    }

    /// <summary>Puts the results together.</summary>
    internal void Close(Tensor[] parts, bool isPure, Span<Tensor> results)
    {
        for (var i = 0; i < entries.Length; i++)
        {
            var (first, spec, sum) = entries[i];
            if (sum is null)
            {
                results[i] = parts[first];
                continue;
            }

            var (values, indices) = (parts[first], parts[first + 1]);
            var shape = new Shape([.. indices.Shape.Dimensions, .. spec.Shape.Dimensions[1..]]);
            results[i] = new Tensor(spec, new RowList(values.Shape == shape ? values : values.View(shape), indices, sum));
        }

        if (isPure) parts.AsSpan(Graph.Outputs.Count).CopyTo(results[entries.Length..]);
    }

    // Under what shape the rows were made does not matter, and a view would be copied.
    static Tensor Base(Tensor values)
    {
        while (Graph.ValueOf(values).Producer is { Op.IsView: true } view && view.Inputs[0].DType == values.DType) values = view.Inputs[0];
        return values;
    }

    sealed record Entry(int First, TensorSpec Spec, IRowSum? Sum);
}
