namespace Tapestry.Compiler;

/// <summary>Which operation of a list makes which value.</summary>
sealed class Producers
{
    readonly Dictionary<GraphValue, GraphNode> nodeOf = [];

    internal Producers(IReadOnlyList<GraphNode> nodes)
    {
        foreach (var node in nodes)
        {
            foreach (var output in node.Outputs) nodeOf.Add(Graph.ValueOf(output), node);
        }
    }

    /// <summary>The operation that makes a value; null for arguments, variables and constants.</summary>
    internal GraphNode? Of(GraphValue value) => nodeOf.GetValueOrDefault(value);

    /// <summary>What a value is a view of; itself if it is none. Views share the memory of their root.</summary>
    internal GraphValue RootOf(Tensor tensor)
    {
        var value = Graph.ValueOf(tensor);
        while (nodeOf.TryGetValue(value, out var producer) && producer.Op.IsView) value = Graph.ValueOf(producer.Inputs[0]);
        return value;
    }
}
