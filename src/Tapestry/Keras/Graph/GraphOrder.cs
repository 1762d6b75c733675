namespace Tapestry.Keras;

/// <summary>
/// Sorts the calls of a functional model by their distance from the outputs, and its layers in the order of that and of a walk from the
/// outputs back: the order of Keras, on which names, summaries and files depend.
/// </summary>
sealed class GraphOrder
{
    readonly FunctionalGraph graph;
    readonly List<CallNode> finished = [];
    readonly HashSet<CallNode> visited = [];
    readonly Dictionary<Layer, int> places = [];

    GraphOrder(FunctionalGraph graph)
    {
        this.graph = graph;
    }

    /// <summary>The layers and the calls of a graph.</summary>
    internal static (IReadOnlyList<Layer> Layers, IReadOnlyList<IReadOnlyList<CallNode>> NodesByDepth) Of(FunctionalGraph graph)
    {
        var order = new GraphOrder(graph);
        foreach (var output in graph.Outputs) order.Visit(graph.Source(output).Node);
        return order.Sort();
    }

    // Deep models would exhaust the stack by recursion, so the walk keeps its own.
    void Visit(CallNode last)
    {
        var stack = new Stack<(CallNode Node, int Next)>();
        Enter(last);
        while (stack.TryPop(out var top))
        {
            if (top.Next == top.Node.Parents.Count)
            {
                finished.Add(top.Node);
                continue;
            }

            stack.Push((top.Node, top.Next + 1));
            Enter(graph.Source(top.Node.Parents[top.Next]).Node);
        }

        void Enter(CallNode node)
        {
            if (!visited.Add(node)) return;
            places.TryAdd(node.Layer, places.Count);
            stack.Push((node, 0));
        }
    }

    (IReadOnlyList<Layer> Layers, IReadOnlyList<IReadOnlyList<CallNode>> NodesByDepth) Sort()
    {
        var depths = new Dictionary<CallNode, int>();
        var layerDepths = new Dictionary<Layer, int>();
        var seen = new List<CallNode>();
        var seenLayers = new List<Layer>();
        foreach (var node in Enumerable.Reverse(finished))
        {
            // A layer that is called several times stands where its deepest call is.
            var depth = Math.Max(depths.GetValueOrDefault(node), layerDepths.GetValueOrDefault(node.Layer));
            if (layerDepths.TryAdd(node.Layer, depth)) seenLayers.Add(node.Layer);
            layerDepths[node.Layer] = depth;
            SetDepth(node, depth);
            foreach (var parent in node.Parents.Select(tensor => graph.Source(tensor).Node)) SetDepth(parent, Math.Max(depth + 1, depths.GetValueOrDefault(parent)));
        }

        foreach (var input in graph.Inputs)
        {
            var node = CallNode.SourceOf(input)!.Node;
            if (!layerDepths.TryAdd(node.Layer, 0)) continue;
            seenLayers.Add(node.Layer);
            places[node.Layer] = -1;
            SetDepth(node, 0);
        }

        var layers = seenLayers.OrderByDescending(layer => layerDepths[layer]).ThenBy(layer => places[layer]).ToArray();
        var nodes = seen.GroupBy(node => depths[node]).OrderByDescending(group => group.Key).Select(group => (IReadOnlyList<CallNode>)group.ToArray()).ToArray();
        RequireConnection(nodes);
        RequireDistinctNames(layers);
        return (layers, nodes);

        void SetDepth(CallNode node, int depth)
        {
            if (!depths.ContainsKey(node)) seen.Add(node);
            depths[node] = depth;
        }
    }

    void RequireConnection(IReadOnlyList<IReadOnlyList<CallNode>> nodes)
    {
        var known = graph.Inputs.Select(input => CallNode.SourceOf(input)!.Node).ToHashSet();
        var reached = new List<string>();
        foreach (var node in nodes.SelectMany(level => level))
        {
            if (node.IsInput && !known.Contains(node))
            {
                var user = finished.First(other => other.Parents.Any(parent => ReferenceEquals(graph.Source(parent).Node, node)));
                throw new TapestryException(
                    graph.Model,
                    $"graph disconnected: the tensor '{node.Layer.Name}' {node.Outputs}, which the layer '{user.Layer.Name}' takes, cannot be computed from the inputs",
                    $"inputs {string.Join(", ", graph.Inputs.Select(input => CallNode.SourceOf(input)!.Node.Layer.Name))}; reached without fault: {(reached.Count == 0 ? "none" : string.Join(", ", reached))}",
                    $"'{node.Layer.Name}' among the inputs",
                    "Add it to the inputs of the model, or do not use what depends on it.");
            }

            if (!node.IsInput) reached.Add(node.Layer.Name);
        }
    }

    void RequireDistinctNames(IReadOnlyList<Layer> layers)
    {
        if (layers.GroupBy(layer => layer.Name).FirstOrDefault(group => group.Count() > 1) is not { } twice) return;
        throw new TapestryException(graph.Model, $"the name \"{twice.Key}\" is used {twice.Count()} times in the model", string.Join(", ", twice.Select(layer => layer.ClassName)), "a name of its own for each layer", "Give the layers other names.");
    }
}
