namespace Tapestry.Compiler;

/// <summary>Turns a graph and the shapes of its arguments into a <see cref="Plan"/>: infers every shape, fuses, lays the values out in one arena and allocates it.</summary>
sealed class PlanBuilder
{
    readonly Graph graph;
    readonly PlannedValues planned;
    readonly Recomputation? recomputation;
    ArenaLayout layout = null!;

    PlanBuilder(Graph graph, PlannedValues planned, bool recomputes)
    {
        this.graph = graph;
        this.planned = planned;
        recomputation = recomputes ? new Recomputation(graph, planned) : null;
    }

    /// <summary>Makes the plan, or gives null when a shape depends on values: such a graph is interpreted.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="argumentShapes">The shapes of its arguments.</param>
    /// <param name="handedOn">For each result, whether an argument is returned as the tensor that it is; null where all results are tensors of their own.</param>
    /// <param name="recomputes">Whether cheap values are computed again where that makes the arena smaller.</param>
    internal static Plan? Build(Graph graph, IReadOnlyList<Shape> argumentShapes, bool[]? handedOn = null, bool recomputes = false)
    {
        var planned = new PlannedValues(graph);
        return planned.Infer(argumentShapes) ? new PlanBuilder(ShapeSpecialization.Run(graph, planned), planned, recomputes).Build(handedOn) : null;
    }

    /// <summary>The operations in the order in which they run, fused ones in place of their parts.</summary>
    internal static IReadOnlyList<GraphNode> Fuse(Graph graph, IReadOnlyList<GraphNode> nodes, PlannedValues planned) =>
        FusionPlanner.Run(nodes, planned.Of, [.. graph.Outputs.Select(Graph.ValueOf)], [.. graph.Updates.Select(update => Graph.ValueOf(update.Value))]);

    Plan Build(bool[]? handedOn)
    {
        layout = recomputation?.Lay() ?? new ArenaLayout(graph, Fuse(graph, graph.Nodes, planned), planned);
        var arguments = layout.Arguments;
        var outputs = graph.Outputs.Select(layout.RuntimeTensor).ToArray();
        var updates = graph.Updates.Select(update => new PlanUpdate(update.Variable, layout.RuntimeTensor(update.Value), layout.IsInPlace(update))).ToArray();
        var resultRoots = graph.Outputs.Select(layout.ResultRoot).ToArray();
        var argumentOf = outputs.Select((output, i) => handedOn?[i] == true ? Array.FindIndex(arguments, argument => ReferenceEquals(argument, output)) : -1).ToArray();
        AllocateArena();
        foreach (var step in layout.Steps)
        {
            if (step.Op.IsElementwise(step.Inputs)) Rehearsal.Add(step.Op, step.Inputs);
        }

        Rehearsal.Turn();
        return new Plan(graph, arguments, layout.Readings, [.. layout.Steps], [.. layout.BoundViews], outputs, resultRoots, argumentOf, updates, layout.Size)
        {
            Recomputed = recomputation?.Report,
            // Who asks for less memory does not get his filters twice.
            Preparations = recomputation is null ? Preparations.Of(graph, layout) : null,
        };
    }

    void AllocateArena()
    {
        if (Kernels.Memory.MemorySource.Apart is { } source)
        {
            foreach (var value in layout.Placed.GroupBy(value => value.Slot))
            {
                var piece = source.Take(value.Key.Bytes);
                foreach (var (tensor, _) in value) tensor.Rebind(new Tensor(tensor.DType, tensor.Shape, piece.Array, piece.Offset, piece.Owner));
            }

            return;
        }

        var ends = new long[layout.Size / layout.SegmentSize + 1];
        foreach (var (_, slot) in layout.Placed)
        {
            ref var end = ref ends[slot.Offset / layout.SegmentSize];
            end = Math.Max(end, slot.Offset % layout.SegmentSize + slot.Bytes);
        }

        var arenas = new byte[]?[ends.Length];
        foreach (var (tensor, slot) in layout.Placed)
        {
            var segment = slot.Offset / layout.SegmentSize;
            var arena = arenas[segment] ??= Reserve(ends[segment]);
            tensor.Rebind(new Tensor(tensor.DType, tensor.Shape, arena, Kernels.Memory.BlockPool.AlignedOffset(arena) + (int)(slot.Offset % layout.SegmentSize), null));
        }
    }

    byte[] Reserve(long bytes)
    {
        try
        {
            return Kernels.Memory.MemorySource.Allocate(bytes + 64, isPinned: true);
        }
        catch (OutOfMemoryException exception)
        {
            var (step, output) = layout.Steps.SelectMany(step => step.Outputs.Select(output => (step, output))).MaxBy(pair => (long)pair.output.Size * pair.output.DType.Size);
            throw new TapestryException(
                graph.Name,
                "there is not enough memory for the intermediate values",
                $"{layout.Size} bytes at the peak; the largest is {output.Spec}, {(long)output.Size * output.DType.Size} bytes, of {step.Op.Name}",
                remedy: "Use a smaller batch.",
                inner: exception);
        }
    }
}
