namespace Tapestry.Compiler;

/// <summary>Applies the operations of a graph again: in another trace, under a tape, or eagerly.</summary>
static class GraphReplay
{
    /// <summary>Applies all operations.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="arguments">Values or symbolic tensors for its arguments.</param>
    /// <param name="readings">Values for its readings of variables; null reads them.</param>
    /// <param name="values">Receives what every symbolic tensor of the graph became.</param>
    internal static void Run(Graph graph, IReadOnlyList<Tensor> arguments, IReadOnlyList<Tensor>? readings, Dictionary<Symbol, Tensor> values)
    {
        for (var i = 0; i < arguments.Count; i++) values[graph.Arguments[i].Symbol!] = arguments[i];
        for (var i = 0; i < graph.Variables.Count; i++)
        {
            values[graph.Variables[i].Symbol!] = readings is null ? Graph.ValueOf(graph.Variables[i]).Variable!.Read() : readings[i];
        }

        foreach (var node in graph.Nodes)
        {
            var inputs = new Tensor[node.Inputs.Length];
            for (var i = 0; i < inputs.Length; i++) inputs[i] = Resolve(node.Inputs[i], values);
            var outputs = new Tensor[node.Outputs.Length];
            node.Op.Replay(inputs, outputs);
            for (var i = 0; i < outputs.Length; i++) values[node.Outputs[i].Symbol!] = outputs[i];
        }
    }

    /// <summary>What a symbolic tensor of a replayed graph became.</summary>
    internal static Tensor Resolve(Tensor tensor, Dictionary<Symbol, Tensor> values)
    {
        var value = Graph.ValueOf(tensor);
        return value.Constant ?? values[value];
    }
}
