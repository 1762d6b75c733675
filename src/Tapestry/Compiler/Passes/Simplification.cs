namespace Tapestry.Compiler;

/// <summary>Removes operations that change nothing for their particular inputs; each operation knows its own cases (<see cref="Op.Simplify"/>).</summary>
sealed class Simplification : IGraphPass
{
    public string Name => "simplification";

    public Graph Run(Graph graph)
    {
        var editor = new GraphEditor();
        var nodes = new List<GraphNode>();
        foreach (var node in graph.Nodes)
        {
            editor.Update(node);
            if (node.Outputs.Length == 1 && node.Op.Simplify(node.Inputs) is { } same && same.DType == node.Outputs[0].DType && same.Shape == node.Outputs[0].Shape && IsExact(same.Shape, node))
            {
                editor.Replace(node.Outputs[0], same);
            }
            else
            {
                nodes.Add(node);
            }
        }

        return editor.Finish(graph, nodes);
    }

    // Two unknown dimensions are equal only when they belong to one tensor, as far as is known here.
    static bool IsExact(Shape shape, GraphNode node) => shape.IsFullyKnown || node.Inputs.Length == 1 || node.Inputs.All(input => input.Shape.IsFullyKnown || input.Shape == shape);
}
