namespace Tapestry.Compiler;

/// <summary>
/// Finds for each product the elementwise group that alone reads its result, so that the group can run on blocks of the result while these are in the cache, and the product as such is
/// never in memory.
/// </summary>
sealed class ProductPairing(
    IReadOnlyList<GraphNode> nodes, Func<Tensor, Tensor> planned, Dictionary<GraphValue, List<int>> readers, FusionGroup?[] groups, HashSet<GraphValue> kept, HashSet<GraphValue> assigned)
{
    // Shorter rows would only be worked on in pieces of vectors.
    const int LeastRowBytes = 32;

    /// <summary>Gives each group the last product that it can finish.</summary>
    internal void Run()
    {
        for (var i = nodes.Count - 1; i >= 0; i--)
        {
            if (nodes[i].Outputs.Length != 1 || !nodes[i].Op.FinishesBlocks([.. nodes[i].Inputs.Select(planned)])) continue;
            var absorbed = new NodeSet();
            absorbed.Add(i);
            var value = Graph.ValueOf(nodes[i].Outputs[0]);
            while (OnlyReader(value) is { } reader && nodes[reader].Op.IsView && groups[reader] is null)
            {
                absorbed.Add(reader);
                value = Graph.ValueOf(nodes[reader].Outputs[0]);
            }

            if (GroupOf(value) is { Product: null } group && CanFinish(group, planned(nodes[i].Outputs[0]), value)) group.Product = new FinishedProduct(i, value, absorbed);
        }
    }

    int? OnlyReader(GraphValue value) => !kept.Contains(value) && readers.TryGetValue(value, out var list) && list.Count == 1 ? list[0] : null;

    FusionGroup? GroupOf(GraphValue value)
    {
        if (kept.Contains(value) || !readers.TryGetValue(value, out var list)) return null;
        var group = groups[list[0]];
        return list.TrueForAll(reader => groups[reader] == group) ? group : null;
    }

    bool CanFinish(FusionGroup group, Tensor product, GraphValue value)
    {
        var shape = product.Shape;
        if (group.RowRank is not null || shape.Rank == 0 || group.Space.Length == 0 || shape[^1] != group.Space[^1] || shape[^1] * product.DType.Size < LeastRowBytes || product.Size != FusionGroup.Size(group.Space)) return false;
        if (FusableLanes.Of(product.DType) is not { } lanes || lanes != group.Lanes) return false;
        var hasPlace = false;
        foreach (var index in group.Members)
        {
            var output = nodes[index].Outputs[0];
            // New values of variables are computed in their memory, where a product cannot be made.
            if (assigned.Contains(Graph.ValueOf(output))) return false;
            hasPlace |= output.DType == product.DType && IsReadOutside(Graph.ValueOf(output), group);
            for (var i = 0; i < nodes[index].Inputs.Length; i++)
            {
                var input = nodes[index].Inputs[i];
                if (nodes[index].Op.ReadsValue(i) && !LiesEvenly(input, value, group)) return false;
                // What is only asked for its shape still has to be there.
                if (Graph.ValueOf(input) == value && !nodes[index].Op.ReadsValue(i)) return false;
            }
        }

        return hasPlace;
    }

    // A second full operand of several rows is read faster in one pass over memory than in blocks: 1x1 convolutions of 64 to 256 channels with a shortcut lost 6 to 12 % by it.
    bool LiesEvenly(Tensor input, GraphValue product, FusionGroup group) => group.FormOf(planned(input).Shape.Dimensions, group.Space.Length - 1) switch
    {
        null => false,
        Kernels.Codegen.MatrixForm.Full => FusionGroup.Size(group.Space) == group.Space[^1] || Graph.ValueOf(input) == product || group.Members.Any(member => nodes[member].Outputs.Any(output => Graph.ValueOf(output) == Graph.ValueOf(input))),
        _ => true,
    };

    bool IsReadOutside(GraphValue value, FusionGroup group) => kept.Contains(value) || (readers.TryGetValue(value, out var list) && list.Exists(reader => groups[reader] != group));
}
