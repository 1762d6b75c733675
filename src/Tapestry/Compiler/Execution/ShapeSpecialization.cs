namespace Tapestry.Compiler;

/// <summary>
/// What becomes superfluous once every shape is known: an operation that gives one of its inputs back, such as the sum of a gradient to the shape that it already has, which a trace with
/// an unknown batch has to keep. The graph itself stays as it is, as it serves other shapes too.
/// </summary>
static class ShapeSpecialization
{
    /// <summary>The graph for the shapes that are planned. It reads the same variables, in the same order.</summary>
    /// <param name="graph">A graph whose values are all planned.</param>
    /// <param name="planned">The shapes.</param>
    internal static Graph Run(Graph graph, PlannedValues planned)
    {
        var editor = new GraphEditor();
        var nodes = new List<GraphNode>();
        foreach (var node in graph.Nodes)
        {
            var inputs = Array.ConvertAll(node.Inputs, editor.Resolve);
            if (Same(node, inputs, planned) is { } same) editor.Replace(node.Outputs[0], same);
            else nodes.Add(inputs.AsSpan().SequenceEqual(node.Inputs) ? node : new GraphNode(node.Op, inputs) { Outputs = node.Outputs });
        }

        if (nodes.Count == graph.Nodes.Count) return graph;
        var shorter = editor.Finish(graph, nodes, graph.Variables);
        return new GraphEditor().Finish(shorter, DeadCode.Remaining(shorter), graph.Variables);
    }

    static Tensor? Same(GraphNode node, Tensor[] inputs, PlannedValues planned)
    {
        if (node.Outputs.Length != 1 || node.Op.HasEffects) return null;
        var known = Array.ConvertAll(inputs, planned.Of);
        if (node.Op.Simplify(known) is not { } same || Array.IndexOf(known, same) is not (>= 0 and var index)) return null;
        var output = planned.Of(node.Outputs[0]);
        return same.DType == output.DType && same.Shape == output.Shape ? inputs[index] : null;
    }
}
