namespace Tapestry.Compiler;

/// <summary>Replaces values of a graph by others.</summary>
sealed class GraphEditor
{
    readonly Dictionary<Symbol, Tensor> replacements = [];

    /// <summary>Lets another value stand for an output of a node.</summary>
    internal void Replace(Tensor output, Tensor by) => replacements[output.Symbol!] = by;

    /// <summary>What stands for a value now.</summary>
    internal Tensor Resolve(Tensor tensor)
    {
        while (replacements.TryGetValue(tensor.Symbol!, out var by)) tensor = by;
        return tensor;
    }

    /// <summary>Brings the inputs of a node up to date.</summary>
    internal void Update(GraphNode node)
    {
        for (var i = 0; i < node.Inputs.Length; i++) node.Inputs[i] = Resolve(node.Inputs[i]);
    }

    /// <summary>The graph with the nodes that are left.</summary>
    /// <param name="graph">The graph before.</param>
    /// <param name="nodes">The nodes, already updated.</param>
    /// <param name="variables">The readings of variables where they have to stay as they are, though some may be read no more; else those that the nodes use.</param>
    internal Graph Finish(Graph graph, IReadOnlyList<GraphNode> nodes, IReadOnlyList<Tensor>? variables = null) => new(
        graph.Name,
        graph.Arguments,
        nodes,
        [.. graph.Outputs.Select(Resolve)],
        [.. graph.Updates.Select(update => update with { Value = Resolve(update.Value) })],
        variables);

    /// <summary>A new operation with one result, in the trace of its first input.</summary>
    internal static GraphNode Node(Op op, ReadOnlySpan<Tensor> inputs)
    {
        var node = new GraphNode(op, inputs.ToArray());
        var specs = new TensorSpec[1];
        var context = new InferContext(node.Inputs, specs);
        op.Infer(ref context);
        var value = new GraphValue(GraphValueKind.Result, specs[0], Graph.ValueOf(inputs[0]).Trace) { Producer = node };
        node.Outputs = [new Tensor(value.Spec with { Name = null }, value)];
        return node;
    }

    /// <summary>A constant in the trace of a value.</summary>
    internal static Tensor Constant(Tensor value, Tensor inTraceOf)
    {
        var symbol = new GraphValue(GraphValueKind.Constant, value.Spec, Graph.ValueOf(inTraceOf).Trace) { Constant = value };
        return new Tensor(value.Spec, symbol);
    }
}
