namespace Tapestry.Compiler;

/// <summary>Computes small values that follow from constants and known shapes once, when the function is traced.</summary>
sealed class ConstantFolding : IGraphPass
{
    public string Name => "constant folding";

    public Graph Run(Graph graph)
    {
        var editor = new GraphEditor();
        var nodes = new List<GraphNode>();
        foreach (var node in graph.Nodes)
        {
            editor.Update(node);
            var folded = true;
            foreach (var output in node.Outputs)
            {
                if (output.Symbol!.KnownValue is { } value) editor.Replace(output, GraphEditor.Constant(value, output));
                else folded = false;
            }

            if (!folded) nodes.Add(node);
        }

        return editor.Finish(graph, nodes);
    }
}
