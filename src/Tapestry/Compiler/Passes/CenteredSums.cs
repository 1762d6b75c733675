namespace Tapestry.Compiler;

/// <summary>
/// Sums of gradients to the shape of a mean, in which x − mean(x) contributes nothing: its sum over the dimensions of the mean is zero, whatever it is multiplied with that does not vary
/// along them. So the gradient of a normalization needs no pass over its data to find the gradient of the mean. What is left of such a sum has its constant factors outside.
/// </summary>
sealed class CenteredSums : IGraphPass
{
    public string Name => "sums of centred values";

    public Graph Run(Graph graph)
    {
        var editor = new GraphEditor();
        var nodes = new List<GraphNode>();
        foreach (var node in graph.Nodes)
        {
            editor.Update(node);
            if (node.Op.Term == TermForm.SumToShape && CenteredSum.Of(node) is { } sum)
            {
                nodes.AddRange(sum.Nodes);
                editor.Replace(node.Outputs[0], sum.Value);
            }
            else
            {
                nodes.Add(node);
            }
        }

        return editor.Finish(graph, nodes);
    }
}
