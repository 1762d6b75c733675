namespace Tapestry.Compiler;

/// <summary>When the values of a plan are made and read, by the numbers of its operations. Views count as what they look at.</summary>
sealed class LifeTimes
{
    readonly Producers producers;
    readonly Dictionary<GraphValue, List<int>> times = [];
    readonly int count;

    internal LifeTimes(IReadOnlyList<GraphNode> nodes)
    {
        count = nodes.Count;
        producers = new Producers(nodes);
        for (var i = 0; i < nodes.Count; i++)
        {
            for (var input = 0; input < nodes[i].Inputs.Length; input++)
            {
                if (!nodes[i].Op.IsView && nodes[i].Op.ReadsValue(input)) Note(RootOf(nodes[i].Inputs[input]), i);
            }

            if (nodes[i].Op.IsView) continue;
            foreach (var output in nodes[i].Outputs) Note(Graph.ValueOf(output), i);
        }
    }

    /// <summary>All values that are no views and are made or read somewhere.</summary>
    internal IEnumerable<GraphValue> Roots => times.Keys;

    /// <summary>What a value is a view of; itself if it is none.</summary>
    internal GraphValue RootOf(Tensor tensor) => producers.RootOf(tensor);

    /// <summary>The numbers of the operations that make and read a value, ascending.</summary>
    internal IReadOnlyList<int> Of(GraphValue root) => times.TryGetValue(root, out var list) ? list : [];

    /// <summary>The number of the operation during which most bytes live.</summary>
    internal int Peak(Func<GraphValue, long> bytes)
    {
        var change = new long[count + 1];
        foreach (var (value, list) in times)
        {
            var size = bytes(value);
            change[list[0]] += size;
            change[list[^1] + 1] -= size;
        }

        var (peak, most, living) = (0, 0L, 0L);
        for (var i = 0; i < count; i++)
        {
            living += change[i];
            if (living <= most) continue;
            (peak, most) = (i, living);
        }

        return peak;
    }

    void Note(GraphValue root, int time)
    {
        if (!times.TryGetValue(root, out var list)) times.Add(root, list = []);
        if (list.Count == 0 || list[^1] != time) list.Add(time);
    }
}
