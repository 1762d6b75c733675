using System.Text;

namespace Tapestry.Compiler;

/// <summary>Computes equal operations on equal inputs once. Operations are records, so their equality is that of their attributes.</summary>
sealed class CommonSubexpressions : IGraphPass
{
    public string Name => "common subexpressions";

    public Graph Run(Graph graph)
    {
        var editor = new GraphEditor();
        var nodes = new List<GraphNode>();
        var seen = new Dictionary<Key, GraphNode>();
        foreach (var node in graph.Nodes)
        {
            editor.Update(node);
            if (node.Op.HasEffects)
            {
                nodes.Add(node);
                continue;
            }

            var key = new Key(node.Op, [.. node.Inputs.Select(Identity)]);
            if (seen.TryGetValue(key, out var first))
            {
                for (var i = 0; i < node.Outputs.Length; i++) editor.Replace(node.Outputs[i], first.Outputs[i]);
            }
            else
            {
                seen.Add(key, node);
                nodes.Add(node);
            }
        }

        return editor.Finish(graph, nodes);
    }

    static object Identity(Tensor tensor)
    {
        var value = Graph.ValueOf(tensor);
        if (value.Constant is not { } constant) return value;
        // Small scalars are equal by value: the same number is written in many places.
        return constant is { Size: 1, DType.IsNumeric: true } ? new Scalar(constant.DType, constant.Shape, Encoding.Latin1.GetString(constant.Bytes)) : constant;
    }

    /// <summary>A small constant by its value.</summary>
    sealed record Scalar(DType DType, Shape Shape, string Bytes);

    sealed record Key(Op Op, ValueList<object> Inputs);
}
