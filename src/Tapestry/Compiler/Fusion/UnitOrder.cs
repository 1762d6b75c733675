namespace Tapestry.Compiler;

/// <summary>
/// An order in which units can run: at first every operation is one, then groups are joined to larger ones. Tells whether two could become one, which is not so when something outside would have to
/// run both before and after it. Whatever lies on a way from one to another has its place between the two, so only that stretch is looked at.
/// </summary>
// After Pearce and Kelly, "A dynamic topological sort algorithm for directed acyclic graphs" (2007): joining moves only what lies between.
sealed class UnitOrder
{
    readonly int[][] followers;
    // A unit is known by one of its operations; the others are found by going round.
    readonly int[] unitOf;
    readonly int[] next;
    readonly int[] places;
    readonly int[] at;
    readonly int[] seen;
    readonly List<int> open = [];
    readonly List<int> later = [];
    int search;

    /// <param name="followers">Which operations read results of each; all come later.</param>
    internal UnitOrder(int[][] followers)
    {
        this.followers = followers;
        var count = followers.Length;
        (unitOf, next, places, at, seen) = (new int[count], new int[count], new int[count], new int[count], new int[count]);
        for (var i = 0; i < count; i++) unitOf[i] = next[i] = places[i] = at[i] = i;
    }

    /// <summary>Every operation a unit of its own.</summary>
    /// <param name="nodes">The operations in an order in which they can run.</param>
    /// <param name="readers">The operations that read a value.</param>
    internal static UnitOrder Of(IReadOnlyList<GraphNode> nodes, Dictionary<GraphValue, List<int>> readers)
    {
        var followers = new int[nodes.Count][];
        for (var i = 0; i < nodes.Count; i++)
        {
            var all = new NodeSet();
            foreach (var output in nodes[i].Outputs)
            {
                if (readers.TryGetValue(Graph.ValueOf(output), out var list)) all.UnionWith(list);
            }

            followers[i] = all.ToArray();
        }

        return new UnitOrder(followers);
    }

    /// <summary>Makes one unit of those of two operations, if nothing outside it would then have to run both before and after it.</summary>
    internal bool TryJoin(int one, int other)
    {
        var (first, last) = (unitOf[one], unitOf[other]);
        if (places[first] > places[last]) (first, last) = (last, first);
        if (LeadsRound(first, last)) return false;
        MoveBehind(first, last);
        for (var member = last; ;)
        {
            unitOf[member] = first;
            if ((member = next[member]) == last) break;
        }

        (next[first], next[last]) = (next[last], next[first]);
        return true;
    }

    // Whether a way from the first unit leads by way of others to the last. All that is reached before the last has been seen then.
    bool LeadsRound(int first, int last)
    {
        search++;
        seen[first] = search;
        Follow(first, last, isFirst: true);
        while (open.Count > 0)
        {
            var unit = open[^1];
            open.RemoveAt(open.Count - 1);
            if (!Follow(unit, last, isFirst: false)) continue;
            open.Clear();
            return true;
        }

        return false;
    }

    // Puts what follows a unit before the last one on the stack; true when the last one follows.
    bool Follow(int unit, int last, bool isFirst)
    {
        var most = places[last];
        var member = unit;
        do
        {
            foreach (var follower in followers[member])
            {
                var reached = unitOf[follower];
                if (reached == last && !isFirst) return true;
                if (places[reached] >= most || seen[reached] == search) continue;
                seen[reached] = search;
                open.Add(reached);
            }

            member = next[member];
        }
        while (member != unit);
        return false;
    }

    // What follows the first unit has to come after both, the rest before them.
    void MoveBehind(int first, int last)
    {
        later.Clear();
        int free = places[first], end = places[last];
        for (var place = free; place <= end; place++)
        {
            var unit = at[place];
            if (unit < 0 || unit == first || unit == last) continue;
            if (seen[unit] == search) later.Add(unit);
            else Put(unit);
        }

        Put(first);
        foreach (var unit in later) Put(unit);
        while (free <= end) at[free++] = -1;

        void Put(int unit)
        {
            at[free] = unit;
            places[unit] = free++;
        }
    }
}
