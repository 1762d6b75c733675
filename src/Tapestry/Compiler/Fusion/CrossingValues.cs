namespace Tapestry.Compiler;

/// <summary>
/// Finds where one group leaves several full values in memory for another that could compute them again from less: a forward pass keeps an activation's derivative in parts, a normalization
/// what lies between its stages. Memory is written and read once for each such value, which costs more than a few instructions.
/// </summary>
/// <param name="nodes">The operations.</param>
/// <param name="planned">Gives a value with its shape.</param>
/// <param name="makers">The operation that makes a value.</param>
/// <param name="readers">The operations that read a value.</param>
/// <param name="groups">The group of each operation.</param>
/// <param name="reductions">What is a reduction.</param>
/// <param name="kept">Values that are returned or assigned.</param>
/// <param name="stored">Receives values that groups keep for others which compute again from them.</param>
sealed class CrossingValues(
    IReadOnlyList<GraphNode> nodes, Func<Tensor, Tensor> planned, Dictionary<GraphValue, int> makers, Dictionary<GraphValue, List<int>> readers, FusionGroup?[] groups, FusableReduction?[] reductions,
    HashSet<GraphValue> kept, HashSet<GraphValue> stored)
{
    // What writing or reading a full value may cost in instructions.
    const int CostOfAccess = 16;

    /// <summary>Smaller values are in the first caches anyway. The tests lower it.</summary>
    internal static long LeastElements { get; set; } = 1 << 14;

    /// <summary>Looks at every two groups.</summary>
    /// <param name="canCopy">Whether a group may compute some operations of another.</param>
    /// <param name="costOf">What an operation costs.</param>
    internal void Run(Func<FusionGroup, FusionGroup, NodeSet, bool> canCopy, Func<int, int> costOf)
    {
        foreach (var owner in groups.OfType<FusionGroup>().Distinct().ToArray())
        {
            if (owner.Elements < LeastElements) continue;
            foreach (var (group, values) in Crossing(owner))
            {
                if (values.Count < 2) continue;
                if (BestChain(owner, group, values, costOf) is not { } found || !canCopy(group, owner, found.Chain)) continue;
                foreach (var index in found.Chain)
                {
                    if (!group.Members.Contains(index)) group.Copies.Add(index);
                }

                stored.UnionWith(found.Stored);
            }
        }
    }

    // The full values of a group that only one other reads, for each such group.
    Dictionary<FusionGroup, List<int>> Crossing(FusionGroup owner)
    {
        var crossing = new Dictionary<FusionGroup, List<int>>();
        foreach (var index in owner.Members)
        {
            if (!IsFull(index, owner) || IsInMemoryFor(index, owner, null)) continue;
            if (OnlyOtherReader(index, owner) is not { } group || group.Copies.Contains(index)) continue;
            if (!crossing.TryGetValue(group, out var list)) crossing.Add(group, list = []);
            list.Add(index);
        }

        return crossing;
    }

    // The one group besides its own that reads a value, if there is just one and no operation outside of groups.
    FusionGroup? OnlyOtherReader(int index, FusionGroup owner)
    {
        FusionGroup? only = null;
        if (!readers.TryGetValue(Value(index), out var list)) return null;
        foreach (var reader in list)
        {
            if (owner.Members.Contains(reader)) continue;
            if (groups[reader] is not { } group || (only is not null && only != group)) return null;
            only = group;
        }

        return only;
    }

    (NodeSet Chain, HashSet<GraphValue> Stored)? BestChain(FusionGroup owner, FusionGroup group, List<int> values, Func<int, int> costOf)
    {
        (NodeSet Chain, HashSet<GraphValue> Stored)? best = null;
        var least = 0;
        foreach (var cut in owner.Members.Where(index => IsFull(index, owner) && !values.Contains(index)).Cast<int?>().Prepend(null))
        {
            if (Chain(owner, group, values, cut) is not { } found) continue;
            var gain = CostOfAccess * found.Gain;
            foreach (var index in found.Chain) gain -= costOf(index);
            if (gain <= least) continue;
            (best, least) = ((found.Chain, found.Stored), gain);
        }

        return best;
    }

    // The operations that make the values from what is in memory, and from one value more if one is given.
    (NodeSet Chain, HashSet<GraphValue> Stored, int Gain)? Chain(FusionGroup owner, FusionGroup group, List<int> values, int? cut)
    {
        var chain = new NodeSet();
        var sources = new HashSet<GraphValue>();
        var needed = new HashSet<GraphValue>();
        var open = new List<int>(values);
        var gain = 2 * values.Count;
        while (open.Count > 0)
        {
            var next = open[^1];
            open.RemoveAt(open.Count - 1);
            if (!chain.Add(next)) continue;
            for (var i = 0; i < nodes[next].Inputs.Length; i++)
            {
                if (!nodes[next].Op.ReadsValue(i)) continue;
                var value = Graph.ValueOf(nodes[next].Inputs[i]);
                var size = planned(nodes[next].Inputs[i]).Size;
                if (!makers.TryGetValue(value, out var maker) || !(owner.Members.Contains(maker) || owner.Copies.Contains(maker)))
                {
                    if (value == owner.Product?.Value) return null;
                    if (size >= LeastElements && sources.Add(value) && !Reads(group, value)) gain--;
                    // Nobody may decide later that it need not be in memory.
                    needed.Add(value);
                }
                else if (maker == cut || (!values.Contains(maker) && owner.Members.Contains(maker) && IsInMemoryFor(maker, owner, group)))
                {
                    var isNew = !IsInMemoryFor(maker, owner, group);
                    if (sources.Add(value) && size >= LeastElements) gain -= (Reads(group, value) ? 0 : 1) + (isNew ? 1 : 0);
                    needed.Add(value);
                }
                else if (IsFull(maker, owner))
                {
                    open.Add(maker);
                }
                else if (owner.Members.Contains(maker) && !nodes[maker].Op.IsView)
                {
                    // One value a row costs nothing to keep.
                    needed.Add(value);
                }
                else
                {
                    return null;
                }
            }
        }

        return gain > 0 ? (chain, needed, gain) : null;
    }

    // Whether others than a group read a value that its owner makes, so that it is in memory whatever that group does.
    bool IsInMemoryFor(int index, FusionGroup owner, FusionGroup? group)
    {
        var value = Value(index);
        return kept.Contains(value) || stored.Contains(value)
            || (readers.TryGetValue(value, out var list) && list.Exists(reader => !owner.Members.Contains(reader) && (groups[reader] is not { } other || (group is not null && other != group && !other.Copies.Contains(index)))));
    }

    bool Reads(FusionGroup group, GraphValue value) => readers.TryGetValue(value, out var list) && list.Exists(group.Members.Contains);

    bool IsFull(int index, FusionGroup group) => reductions[index] is null && !nodes[index].Op.IsView && nodes[index].Outputs.Length == 1 && planned(nodes[index].Outputs[0]).Shape.Dimensions.SequenceEqual(group.Space);

    GraphValue Value(int index) => Graph.ValueOf(nodes[index].Outputs[0]);
}
