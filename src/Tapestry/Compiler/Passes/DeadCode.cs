namespace Tapestry.Compiler;

/// <summary>Drops operations that contribute neither to a result nor to a variable, unless they have effects of their own.</summary>
sealed class DeadCode : IGraphPass
{
    public string Name => "dead code";

    /// <inheritdoc/>
    public Graph Run(Graph graph) => new GraphEditor().Finish(graph, Remaining(graph));

    /// <summary>The nodes that lead to an output or an update, or have effects; in their order.</summary>
    internal static IReadOnlyList<GraphNode> Remaining(Graph graph)
    {
        var alive = new HashSet<Symbol>();
        foreach (var output in graph.Outputs) alive.Add(output.Symbol!);
        foreach (var update in graph.Updates) alive.Add(update.Value.Symbol!);
        var remaining = new List<GraphNode>();
        for (var i = graph.Nodes.Count - 1; i >= 0; i--)
        {
            var node = graph.Nodes[i];
            if (!node.Op.HasEffects && !node.Outputs.Any(output => alive.Contains(output.Symbol!))) continue;
            foreach (var input in node.Inputs) alive.Add(input.Symbol!);
            remaining.Add(node);
        }

        remaining.Reverse();
        return remaining;
    }
}
