namespace Tapestry.Compiler;

/// <summary>The order of a program, as far as dependencies allow, for operations that took the place of several.</summary>
static class DependencyOrder
{
    /// <summary>Sorts operations.</summary>
    /// <param name="units">Operations, each with the number of its last member in the program.</param>
    internal static List<GraphNode> Sort(List<(GraphNode Node, int Last)> units)
    {
        var made = new Dictionary<GraphValue, int>();
        for (var i = 0; i < units.Count; i++)
        {
            foreach (var output in units[i].Node.Outputs) made[Graph.ValueOf(output)] = i;
        }

        var waiting = new int[units.Count];
        var followers = units.Select(_ => new List<int>()).ToArray();
        for (var i = 0; i < units.Count; i++)
        {
            foreach (var maker in units[i].Node.Inputs.Select(Graph.ValueOf).Where(made.ContainsKey).Select(value => made[value]).Distinct())
            {
                waiting[i]++;
                followers[maker].Add(i);
            }
        }

        var ready = new PriorityQueue<int, int>();
        for (var i = 0; i < units.Count; i++)
        {
            if (waiting[i] == 0) ready.Enqueue(i, units[i].Last);
        }

        var sorted = new List<GraphNode>();
        while (ready.TryDequeue(out var unit, out _))
        {
            sorted.Add(units[unit].Node);
            foreach (var follower in followers[unit])
            {
                if (--waiting[follower] == 0) ready.Enqueue(follower, units[follower].Last);
            }
        }

        return sorted.Count == units.Count ? sorted : throw new CompilerException("Fused operations wait for each other.");
    }
}
