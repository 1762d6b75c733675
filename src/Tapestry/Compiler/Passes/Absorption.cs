namespace Tapestry.Compiler;

/// <summary>Lets operations do what follows them, where they alone are read for it; each operation knows its own cases (<see cref="Op.Absorb"/>).</summary>
sealed class Absorption : IGraphPass
{
    public string Name => "absorption";

    public Graph Run(Graph graph)
    {
        var readers = Readers(graph);
        var editor = new GraphEditor();
        var (nodes, absorbed) = (new List<GraphNode>(), new HashSet<GraphNode>());
        foreach (var node in graph.Nodes)
        {
            editor.Update(node);
            if (Absorb(node, readers) is not var (before, joined))
            {
                nodes.Add(node);
                continue;
            }

            absorbed.Add(before);
            nodes.Add(joined);
            readers[joined.Outputs[0].Symbol!] = readers.GetValueOrDefault(node.Outputs[0].Symbol!);
            editor.Replace(node.Outputs[0], joined.Outputs[0]);
        }

        return absorbed.Count == 0 ? graph : editor.Finish(graph, nodes.Where(node => !absorbed.Contains(node)).ToList());
    }

    /// <summary>The operation before that does what a node does, and the node of both.</summary>
    static (GraphNode Before, GraphNode Joined)? Absorb(GraphNode node, Dictionary<Symbol, int> readers)
    {
        if (node.Outputs.Length != 1) return null;
        for (var i = 0; i < node.Inputs.Length; i++)
        {
            if (readers[node.Inputs[i].Symbol!] != 1 || Graph.ValueOf(node.Inputs[i]).Producer is not { Outputs.Length: 1 } before) continue;
            if (before.Op.Absorb(node.Op, i, before.Inputs, node.Inputs) is not { } op) continue;
            var joined = GraphEditor.Node(op, before.Inputs);
            if (joined.Outputs[0].DType == node.Outputs[0].DType && joined.Outputs[0].Shape == node.Outputs[0].Shape) return (before, joined);
        }

        return null;
    }

    /// <summary>How often every value is read, as a result or an update too.</summary>
    static Dictionary<Symbol, int> Readers(Graph graph)
    {
        var readers = new Dictionary<Symbol, int>();
        foreach (var read in graph.Nodes.SelectMany(node => node.Inputs).Concat(graph.Outputs).Concat(graph.Updates.Select(update => update.Value)))
            readers[read.Symbol!] = readers.GetValueOrDefault(read.Symbol!) + 1;
        return readers;
    }
}
