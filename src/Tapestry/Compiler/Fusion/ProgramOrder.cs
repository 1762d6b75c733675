namespace Tapestry.Compiler;

/// <summary>The order in which operations run of which some stand in place of several others.</summary>
static class ProgramOrder
{
    /// <summary>The operations in their order as far as dependencies allow.</summary>
    /// <param name="units">The operations; fused ones stand where the last of their parts stood.</param>
    internal static List<GraphNode> Of(List<GraphNode> units)
    {
        var made = new Dictionary<GraphValue, int>();
        for (var i = 0; i < units.Count; i++)
        {
            foreach (var output in units[i].Outputs) made[Graph.ValueOf(output)] = i;
        }

        var waiting = new int[units.Count];
        var followers = new List<int>[units.Count];
        for (var i = 0; i < units.Count; i++) followers[i] = [];
        var ready = new NodeSet();
        for (var i = 0; i < units.Count; i++)
        {
            foreach (var input in units[i].Inputs)
            {
                if (!made.TryGetValue(Graph.ValueOf(input), out var maker) || followers[maker].Contains(i)) continue;
                waiting[i]++;
                followers[maker].Add(i);
            }

            if (waiting[i] == 0) ready.Add(i);
        }

        var sorted = new List<GraphNode>();
        while (ready.Count > 0)
        {
            var first = ready.TakeMin();
            sorted.Add(units[first]);
            foreach (var follower in followers[first])
            {
                if (--waiting[follower] == 0) ready.Add(follower);
            }
        }

        return sorted.Count == units.Count ? sorted : throw new CompilerException("Fused operations wait for each other.");
    }
}
