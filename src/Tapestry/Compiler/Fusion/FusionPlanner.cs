using Tapestry.Kernels.Codegen;

namespace Tapestry.Compiler;

/// <summary>
/// Decides which operations of a graph become one loop nest, for known shapes: elementwise operations with what makes their inputs, reductions
/// with what makes theirs, and what comes after a reduction of rows with it. Groups are found by structure, never by the names of operations.
/// </summary>
sealed class FusionPlanner
{
    const int MostCopied = 8;
    const int MostCopiedCost = 8;

    // Values that have at most this part of the largest one's elements are small.
    const int SmallPart = 64;

    readonly IReadOnlyList<GraphNode> nodes;
    readonly Func<Tensor, Tensor> planned;
    readonly Dictionary<GraphValue, int> makers = [];
    readonly Dictionary<GraphValue, List<int>> readers = [];
    readonly FusionGroup?[] groups;
    readonly FusableReduction?[] reductions;
    readonly HashSet<GraphValue> kept;
    readonly UnitOrder order;
    readonly List<(int Maker, int Reader)> later = [];
    readonly long largestSpace;
    readonly HashSet<GraphValue> stored = [];
    MemoryReaders? memoryReaders;

    FusionPlanner(IReadOnlyList<GraphNode> nodes, Func<Tensor, Tensor> planned, HashSet<GraphValue> kept)
    {
        this.nodes = nodes;
        this.planned = planned;
        this.kept = kept;
        groups = new FusionGroup?[nodes.Count];
        reductions = new FusableReduction?[nodes.Count];
        for (var i = 0; i < nodes.Count; i++)
        {
            foreach (var output in nodes[i].Outputs)
            {
                makers[Graph.ValueOf(output)] = i;
                largestSpace = Math.Max(largestSpace, planned(output).Size);
            }

            foreach (var input in nodes[i].Inputs)
            {
                var value = Graph.ValueOf(input);
                if (!readers.TryGetValue(value, out var list)) readers.Add(value, list = []);
                if (list.Count == 0 || list[^1] != i) list.Add(i);
            }
        }

        order = UnitOrder.Of(nodes, readers);
    }

    /// <summary>The nodes with groups in place of their members, in an order in which they can run.</summary>
    /// <param name="nodes">The operations.</param>
    /// <param name="planned">Gives a value with its shape.</param>
    /// <param name="results">Values that are returned.</param>
    /// <param name="assigned">New values of variables.</param>
    internal static IReadOnlyList<GraphNode> Run(IReadOnlyList<GraphNode> nodes, Func<Tensor, Tensor> planned, HashSet<GraphValue> results, HashSet<GraphValue> assigned)
    {
        var planner = new FusionPlanner(nodes, planned, [.. results, .. assigned]);
        for (var i = 0; i < nodes.Count; i++) planner.Consider(i);
        planner.MergeSiblings(group => !planner.IsSmall(group));
        foreach (var (maker, reader) in planner.later) planner.TryMerge(maker, reader);
        planner.MergeSiblings(_ => true);
        new ProductPairing(nodes, planned, planner.readers, planner.groups, planner.kept, assigned).Run();
        planner.CopyCheap();
        new CrossingValues(nodes, planned, planner.makers, planner.readers, planner.groups, planner.reductions, planner.kept, planner.stored).Run(planner.CanCopy, planner.CostOf);
        planner.FindLong();
        return planner.Schedule();
    }

    void Consider(int index)
    {
        if (StartGroup(index) is not { } own) return;
        groups[index] = own;
        // The largest producers first: what they make is most worth keeping in registers.
        var producers = new List<GraphNode>();
        for (var i = 0; i < nodes[index].Inputs.Length; i++)
        {
            if (!nodes[index].Op.ReadsValue(i) || !makers.TryGetValue(Graph.ValueOf(nodes[index].Inputs[i]), out var maker) || producers.Contains(nodes[maker])) continue;
            var size = planned(nodes[maker].Outputs[0]).Size;
            var place = producers.Count;
            while (place > 0 && planned(producers[place - 1].Outputs[0]).Size < size) place--;
            producers.Insert(place, nodes[maker]);
        }

        foreach (var producer in producers)
        {
            var maker = makers[Graph.ValueOf(producer.Outputs[0])];
            // Small values wait: a loop over them must not tie loops over large ones to an order in which these can't run together.
            if (IsSmall(groups[index]!) && groups[maker] is { } made && IsSmall(made) && !nodes[index].Op.IsView) later.Add((maker, index));
            else TryMerge(maker, index);
        }

        // A view of one value a row is nothing of its own.
        if (nodes[index].Op.IsView && groups[index]!.Members.Count == 1) groups[index] = null;
    }

    bool IsSmall(FusionGroup group) => group.Elements * SmallPart <= largestSpace;

    FusionGroup? StartGroup(int index)
    {
        var node = nodes[index];
        if (node.Outputs.Length != 1 || node.Op.HasEffects) return null;
        var inputs = node.Inputs.Select(planned).ToArray();
        var output = planned(node.Outputs[0]);
        if (output.Size == 0 || inputs.Any(input => input.Size == 0)) return null;
        if (node.Op.IsView) return new FusionGroup(index, Shape(output), FusableLanes.Of(output.DType));
        if (node.Op.IsElementwise(inputs)) return new FusionGroup(index, Shape(output), FusableLanes.Of(output.DType) ?? inputs.Select(input => FusableLanes.Of(input.DType)).FirstOrDefault(lanes => lanes is not null));
        if (node.Op.Reduction(inputs, output.Spec) is not { } reduction) return null;
        if (FusionRule.RowRankOf(reduction.Axes, inputs[0].Shape.Dimensions) is not { } rowRank) return null;
        reductions[index] = reduction;
        return new FusionGroup(index, Shape(inputs[0]), FusableLanes.Of(output.DType)) { RowRank = rowRank };
    }

    void TryMerge(int first, int second)
    {
        if (groups[first] is not { } a || groups[second] is not { } b || ReferenceEquals(a, b)) return;
        if (a.Members.Count + b.Members.Count > FusionGroup.MostMembers || !a.HasLanesOf(b)) return;
        if (a.RowRank is not null && b.RowRank is not null && a.RowRank != b.RowRank) return;
        var isSame = a.Space.AsSpan().SequenceEqual(b.Space);
        // One value a row joins the rows it belongs to.
        if (!isSame && !(a.RowRank is not null && b.RowRank is null && a.IsPerRow(b.Space, stretches: false))) return;
        if (isSame && nodes[second].Op.IsView && b.Members.Count == 1) return;
        var joined = a.With(b);
        if (joined.RowRank is not null && joined.Columns > RowProgram.MostColumns) return;
        if (!IsLawful(joined) || !order.TryJoin(first, second)) return;
        foreach (var member in joined.Members) groups[member] = joined;
    }

    /// <summary>Whether every member is full, one a row, or a result at the end, and whether operands lie evenly and are few enough.</summary>
    bool IsLawful(FusionGroup group)
    {
        var operands = new HashSet<GraphValue>();
        Dictionary<GraphValue, Tensor> byRows = [];
        HashSet<GraphValue> byAll = [];
        foreach (var index in group.Members)
        {
            var node = nodes[index];
            var isFull = reductions[index] is null && Shape(planned(node.Outputs[0])).AsSpan().SequenceEqual(group.Space);
            if (!isFull && reductions[index] is null && !group.IsPerRow(planned(node.Outputs[0]).Shape.Dimensions, stretches: false)) return false;
            if (isFull && node.Op.IsView) return false;
            if (readers.GetValueOrDefault(Graph.ValueOf(node.Outputs[0]))?.Exists(reader => !group.Members.Contains(reader)) != false || kept.Contains(Graph.ValueOf(node.Outputs[0]))) operands.Add(Graph.ValueOf(node.Outputs[0]));
            for (var i = 0; i < node.Inputs.Length; i++)
            {
                if (!node.Op.ReadsValue(i)) continue;
                var value = Graph.ValueOf(node.Inputs[i]);
                var shape = planned(node.Inputs[i]).Shape.Dimensions;
                if (makers.TryGetValue(value, out var maker) && group.Members.Contains(maker))
                {
                    if (reductions[maker]?.IsOfRows(group.Space.Length) == false) return false;
                    var inputIsFull = reductions[maker] is null && shape.SequenceEqual(group.Space);
                    if (inputIsFull ? !isFull && reductions[index] is null : isFull && !group.IsPerRow(shape, stretches: true)) return false;
                    continue;
                }

                operands.Add(value);
                if (isFull || reductions[index] is not null) byAll.Add(value);
                else byRows[value] = planned(node.Inputs[i]);
                if (reductions[index] is not null && !shape.SequenceEqual(group.Space)) return false;
                if (group.RowRank is null) continue;
                if (isFull ? group.FormOf(shape) is null : reductions[index] is null && shape.IndexOfAnyExcept(1) >= 0 && !group.IsPerRow(shape, stretches: false)) return false;
            }
        }

        // Values handed from stage to stage are operands of kernels too.
        if (operands.Count > MapKernel.MostOperands / 2) return false;
        // What is one element a row for some must not be one a column for others.
        foreach (var (value, tensor) in byRows)
        {
            if (byAll.Contains(value) && group.IsPerRow(tensor.Shape.Dimensions, stretches: false) && !group.IsPerRow(tensor.Shape.Dimensions, stretches: true)) return false;
        }

        return true;
    }

    // Groups that read the same large value read it together.
    void MergeSiblings(Func<FusionGroup, bool> isMeant)
    {
        foreach (var (value, list) in readers)
        {
            if (value.Constant is { Size: 1 }) continue;
            foreach (var reader in list)
            {
                if (groups[list[0]] is not null && groups[reader] is { } group && isMeant(group) && planned(Read(reader, value)).Shape.Dimensions.SequenceEqual(group.Space)) TryMerge(list[0], reader);
            }
        }
    }

    // A value that takes a few instructions is computed again by each group that reads it, if then nobody need store it.
    void CopyCheap()
    {
        for (var i = 0; i < nodes.Count; i++)
        {
            if (groups[i] is not { } owner || reductions[i] is not null || nodes[i].Op.IsView) continue;
            var value = Graph.ValueOf(nodes[i].Outputs[0]);
            if (kept.Contains(value) || !readers.TryGetValue(value, out var list) || list.TrueForAll(owner.Members.Contains)) continue;
            if (Chain(i, owner) is not { } chain || ReadsProduct(chain, owner)) continue;
            var others = list.FindAll(reader => !owner.Members.Contains(reader));
            if (others.Exists(reader => groups[reader] is not { } group || !CanCopy(group, owner, chain))) continue;
            foreach (var reader in others)
            {
                var group = groups[reader]!;
                foreach (var copied in chain)
                {
                    if (!group.Members.Contains(copied)) group.Copies.Add(copied);
                }
            }
        }
    }

    // A product that is finished by one group is never in memory for others.
    bool ReadsProduct(NodeSet chain, FusionGroup owner) => owner.Product is { } product && chain.Any(index => nodes[index].Inputs.Any(input => Graph.ValueOf(input) == product.Value));

    // The operations of a group that a value takes, if they are few and read little.
    NodeSet? Chain(int index, FusionGroup owner)
    {
        var chain = new NodeSet();
        var sources = new HashSet<GraphValue>();
        var open = new List<int> { index };
        while (open.Count > 0)
        {
            var next = open[^1];
            open.RemoveAt(open.Count - 1);
            if (reductions[next] is not null || nodes[next].Op.IsView) return null;
            if (!chain.Add(next)) continue;
            if (chain.Count > MostCopied) return null;
            for (var i = 0; i < nodes[next].Inputs.Length; i++)
            {
                var input = nodes[next].Inputs[i];
                if (!nodes[next].Op.ReadsValue(i)) continue;
                if (makers.TryGetValue(Graph.ValueOf(input), out var maker) && (owner.Members.Contains(maker) || owner.Copies.Contains(maker))) open.Add(maker);
                else if (planned(input).Size > 1 && planned(input).Shape.Dimensions.SequenceEqual(owner.Space)) sources.Add(Graph.ValueOf(input));
            }
        }

        if (sources.Count > 2) return null;
        var cost = 0;
        foreach (var copied in chain) cost += CostOf(copied);
        return cost <= MostCopiedCost ? chain : null;
    }

    bool CanCopy(FusionGroup group, FusionGroup owner, NodeSet chain)
    {
        // A member alone would become a loop of its own for the sake of the copy; for a reduction that is worth while.
        if ((group.Members.Count < 2 && reductions[group.Members.Min] is null) || group.Members.Count + group.Copies.Count + chain.Count > FusionGroup.MostMembers) return false;
        if ((owner.Lanes is not null && owner.Lanes != group.Lanes) || !group.Space.AsSpan().SequenceEqual(owner.Space)) return false;
        if (group.Product is not null) return false;
        var own = new FusionGroup(chain.Min, group.Space, owner.Lanes);
        own.Members.UnionWith(chain);
        own.Members.UnionWith(group.Copies);
        return IsLawful(group.With(own));
    }

    int CostOf(int index)
    {
        var inputs = nodes[index].Inputs.Select(planned).ToArray();
        var recording = new Recording(groups[index]?.Lanes ?? LaneType.Float32);
        var operands = new Recorder[inputs.Length];
        for (var i = 0; i < operands.Length; i++) operands[i] = recording.Input(i);
        recording.Write(() => nodes[index].Op.Record(operands, inputs));
        return recording.Cost;
    }

    void FindLong()
    {
        for (var i = 0; i < nodes.Count; i++)
        {
            if (groups[i] is { IsFused: false } group && reductions[i] is null && !nodes[i].Op.IsView) group.IsLong = CostOf(i) is >= SideBySide.LeastCost and < 64;
        }
    }

    Tensor Read(int reader, GraphValue value) => nodes[reader].Inputs.First(input => Graph.ValueOf(input) == value);

    List<GraphNode> Schedule()
    {
        memoryReaders = new MemoryReaders(makers, readers, groups);
        foreach (var group in groups.OfType<FusionGroup>().Where(group => group.Product is not null).Distinct())
        {
            if (!HasPlace(group)) group.Product = null;
        }

        var fused = LowerAll();
        var absorbed = new NodeSet();
        foreach (var group in groups)
        {
            if (group?.Product is { } product) absorbed.UnionWith(product.Absorbed);
        }

        var units = new List<GraphNode>();
        for (var i = 0; i < nodes.Count; i++)
        {
            if (groups[i] is not { IsFused: true } group)
            {
                if (!absorbed.Contains(i) && !IsCopiedByAll(i)) units.Add(nodes[i]);
            }
            else if (group.Members.Max == i)
            {
                units.Add(fused[group]);
            }
        }

        return ProgramOrder.Of(units);
    }

    // What is copied by all others is no result any more.
    bool HasPlace(FusionGroup group) =>
        group.Members.Any(index => nodes[index].Outputs[0].DType == nodes[group.Product!.Node].Outputs[0].DType && IsNeededOutside(Graph.ValueOf(nodes[index].Outputs[0]), group));

    Dictionary<FusionGroup, GraphNode> LowerAll()
    {
        var fused = new Dictionary<FusionGroup, GraphNode>();
        foreach (var group in groups.OfType<FusionGroup>().Where(group => group.IsFused).Distinct())
        {
            if (GroupLowering.Lower(group, nodes, planned, reductions, makers, value => IsNeededOutside(value, group)) is { } node)
            {
                fused.Add(group, node);
                continue;
            }

            // Others may have counted on what the group computes again: all are lowered anew.
            foreach (var member in group.Members) groups[member] = null;
            memoryReaders = new MemoryReaders(makers, readers, groups);
            return LowerAll();
        }

        return fused;
    }

    bool IsNeededOutside(GraphValue value, FusionGroup group) =>
        kept.Contains(value) || stored.Contains(value) || memoryReaders!.Exist(value, group);

    bool IsCopiedByAll(int index)
    {
        if (nodes[index].Outputs.Length != 1 || nodes[index].Op.HasEffects) return false;
        var value = Graph.ValueOf(nodes[index].Outputs[0]);
        return !kept.Contains(value) && !stored.Contains(value) && readers.ContainsKey(value) && !memoryReaders!.Exist(value, null);
    }

    static int[] Shape(Tensor tensor) => tensor.Shape.ToArray();
}
