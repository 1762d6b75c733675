namespace Tapestry.Compiler;

/// <summary>
/// Turns a graph and the shapes of its arguments into a <see cref="Plan"/>: infers every shape, lays the values out in one arena by
/// their life times, lets operations write over what they read last, and lets new values of variables be computed in place.
/// </summary>
sealed class PlanBuilder
{
    readonly Graph graph;
    IReadOnlyList<GraphNode> nodes;
    readonly Dictionary<GraphValue, GraphNode> producers = [];
    readonly Dictionary<GraphValue, Tensor> planned = [];
    readonly Dictionary<GraphValue, Slot> slots = [];
    readonly List<PlanStep> steps = [];
    readonly List<(Tensor View, Tensor Base)> boundViews = [];
    readonly MemoryPlan memory = new();
    readonly List<(Tensor Tensor, Slot Slot)> placed = [];

    readonly bool[]? handedOn;

    PlanBuilder(Graph graph, bool[]? handedOn)
    {
        this.graph = graph;
        this.handedOn = handedOn;
        nodes = graph.Nodes;
    }

    /// <summary>Makes the plan, or gives null when a shape depends on values: such a graph is interpreted.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="argumentShapes">The shapes of its arguments.</param>
    /// <param name="handedOn">For each result, whether an argument is returned as the tensor that it is; null where all results are tensors of their own.</param>
    internal static Plan? Build(Graph graph, IReadOnlyList<Shape> argumentShapes, bool[]? handedOn = null) => new PlanBuilder(graph, handedOn).Build(argumentShapes);

    Plan? Build(IReadOnlyList<Shape> argumentShapes)
    {
        if (!InferAll(argumentShapes)) return null;
        nodes = FusionPlanner.Run(nodes, Planned, [.. graph.Outputs.Select(Key), .. graph.Updates.Select(update => Key(update.Value))]);
        foreach (var node in nodes)
        {
            foreach (var output in node.Outputs) producers.Add(Key(output), node);
        }

        var arguments = graph.Arguments.Select(argument => Root(argument, SlotKind.Bound)).ToArray();
        var readings = graph.Variables.Select(variable => Root(variable, SlotKind.Bound)).ToArray();
        var lastUse = LastUses();
        var inPlace = UpdatesInPlace(lastUse);
        for (var i = 0; i < nodes.Count; i++) Place(i, lastUse, inPlace);
        var outputs = graph.Outputs.Select(RuntimeTensor).ToArray();
        var updates = graph.Updates.Select(update => new PlanUpdate(update.Variable, RuntimeTensor(update.Value), inPlace.ContainsKey(Key(update.Value)))).ToArray();
        var resultRoots = graph.Outputs.Select(output => slots.TryGetValue(Key(output), out var slot) && slot.Kind == SlotKind.Result ? slot.Tensor : null).ToArray();
        var argumentOf = outputs.Select((output, i) => handedOn?[i] == true ? Array.FindIndex(arguments, argument => ReferenceEquals(argument, output)) : -1).ToArray();
        AllocateArena();
        return new Plan(graph, arguments, readings, [.. steps], [.. boundViews], outputs, resultRoots, argumentOf, updates, memory.Size);
    }

    void AllocateArena()
    {
        if (Kernels.Memory.MemorySource.Apart is { } source)
        {
            foreach (var value in placed.GroupBy(value => value.Slot))
            {
                var piece = source.Take(value.Key.Bytes);
                foreach (var (tensor, _) in value) tensor.Rebind(new Tensor(tensor.DType, tensor.Shape, piece.Array, piece.Offset, piece.Owner));
            }

            return;
        }

        foreach (var segment in placed.GroupBy(value => value.Slot.Offset / memory.SegmentSize))
        {
            var first = segment.Key * memory.SegmentSize;
            var arena = Reserve(segment.Max(value => value.Slot.Offset + value.Slot.Bytes) - first);
            var start = Kernels.Memory.BlockPool.AlignedOffset(arena);
            foreach (var (tensor, slot) in segment) tensor.Rebind(new Tensor(tensor.DType, tensor.Shape, arena, start + (int)(slot.Offset - first), null));
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
            var (step, output) = steps.SelectMany(step => step.Outputs.Select(output => (step, output))).MaxBy(pair => (long)pair.output.Size * pair.output.DType.Size);
            throw new TapestryException(
                graph.Name,
                "there is not enough memory for the intermediate values",
                $"{memory.Size} bytes at the peak; the largest is {output.Spec}, {(long)output.Size * output.DType.Size} bytes, of {step.Op.Name}",
                remedy: "Use a smaller batch.",
                inner: exception);
        }
    }

    bool InferAll(IReadOnlyList<Shape> argumentShapes)
    {
        for (var i = 0; i < graph.Arguments.Count; i++) Plan(graph.Arguments[i], graph.Arguments[i].Spec with { Shape = argumentShapes[i] }, null, [], 0);
        foreach (var variable in graph.Variables) Plan(variable, variable.Spec, null, [], 0);
        foreach (var node in graph.Nodes)
        {
            if (node.Op.HasDynamicShape) return false;
            var inputs = node.Inputs.Select(Planned).ToArray();
            var specs = new TensorSpec[node.Outputs.Length];
            var context = new InferContext(inputs, specs);
            node.Op.Infer(ref context);
            for (var i = 0; i < specs.Length; i++)
            {
                if (!specs[i].Shape.IsFullyKnown || specs[i].DType == DType.String) return false;
                Plan(node.Outputs[i], specs[i], node.Op, inputs, i);
            }
        }

        return graph.Arguments.Concat(graph.Outputs).All(tensor => tensor.DType != DType.String);
    }

    void Plan(Tensor tensor, TensorSpec spec, Op? op, Tensor[] inputs, int index) =>
        planned[Key(tensor)] = new Tensor(spec, new PlanSymbol(op, inputs, index, spec, null));

    Tensor Planned(Tensor tensor)
    {
        var key = Key(tensor);
        if (planned.TryGetValue(key, out var known)) return known;
        var constant = Graph.ValueOf(tensor).Constant!;
        return planned[key] = new Tensor(constant.Spec, new PlanSymbol(null, [], 0, constant.Spec, constant));
    }

    // Views share the memory of what they look at, so life times belong to roots.
    Dictionary<GraphValue, int> LastUses()
    {
        var last = new Dictionary<GraphValue, int>();
        for (var i = 0; i < nodes.Count; i++)
        {
            for (var input = 0; input < nodes[i].Inputs.Length; input++)
            {
                if (nodes[i].Op.ReadsValue(input)) last[RootOf(nodes[i].Inputs[input])] = i;
            }
        }

        foreach (var output in graph.Outputs) last[RootOf(output)] = int.MaxValue;
        foreach (var update in graph.Updates) last[RootOf(update.Value)] = int.MaxValue;
        return last;
    }

    GraphValue RootOf(Tensor tensor)
    {
        var value = Graph.ValueOf(tensor);
        while (producers.TryGetValue(value, out var producer) && producer.Op.IsView) value = Graph.ValueOf(producer.Inputs[0]);
        return value;
    }

    /// <summary>
    /// The updates that may be computed straight into the memory of their variable: the value is nobody's view or constant, is the
    /// update of one variable only, and the old value is not read after (or, unless element by element, while) it is made.
    /// </summary>
    Dictionary<GraphValue, Variable> UpdatesInPlace(Dictionary<GraphValue, int> lastUse)
    {
        var inPlace = new Dictionary<GraphValue, Variable>();
        var results = graph.Outputs.Select(RootOf).ToHashSet();
        foreach (var update in graph.Updates)
        {
            var value = Graph.ValueOf(update.Value);
            if (!producers.TryGetValue(value, out var producer) || producer.Op.IsView || results.Contains(value) || inPlace.ContainsKey(value)) continue;
            if (graph.Updates.Count(other => RootOf(other.Value) == value) > 1) continue;
            var index = IndexOf(producer);
            var reading = graph.Variables.Select(Graph.ValueOf).FirstOrDefault(reading => reading.Variable == update.Variable);
            if (reading is not null && lastUse.TryGetValue(reading, out var last))
            {
                if (last > index || (last == index && !OverwritesSafely(producer, reading))) continue;
            }

            inPlace[value] = update.Variable;
        }

        return inPlace;
    }

    int IndexOf(GraphNode node)
    {
        indexOfNode ??= nodes.Select((other, i) => (other, i)).ToDictionary(pair => pair.other, pair => pair.i);
        return indexOfNode[node];
    }

    Dictionary<GraphNode, int>? indexOfNode;

    bool OverwritesSafely(GraphNode node, GraphValue root)
    {
        for (var i = 0; i < node.Inputs.Length; i++)
        {
            if (RootOf(node.Inputs[i]) == root && (!node.Op.CanOverwrite(i) || node.Inputs[i].Size != node.Outputs[0].Size)) return false;
        }

        return true;
    }

    void Place(int index, Dictionary<GraphValue, int> lastUse, Dictionary<GraphValue, Variable> inPlace)
    {
        var node = nodes[index];
        if (node.Op.IsView)
        {
            PlaceView(node);
            return;
        }

        var inputs = node.Inputs.Select(RuntimeTensor).ToArray();
        var outputs = new Tensor[node.Outputs.Length];
        // Only values that are results themselves: what a result is a view of stays in the arena, and the view is copied out.
        var results = direct ??= [.. graph.Outputs.Select(Key)];
        for (var i = 0; i < outputs.Length; i++)
        {
            var value = Graph.ValueOf(node.Outputs[i]);
            var spec = planned[value].Spec;
            var tensor = outputs[i] = new Tensor(spec.DType, spec.Shape, null, 0, null);
            var bytes = (long)spec.Shape.Size * spec.DType.Size;
            var slot = slots[value] = inPlace.ContainsKey(value) ? new Slot(SlotKind.Variable, 0, 0, tensor)
                : results.Contains(value) ? new Slot(SlotKind.Result, 0, 0, tensor)
                : new Slot(SlotKind.Arena, i == 0 && Overwritten(node, index, lastUse, bytes) is { } taken ? taken : memory.Take(bytes), bytes, tensor);
            if (slot.Kind == SlotKind.Arena) placed.Add((tensor, slot));
        }

        steps.Add(new PlanStep(node.Op, inputs, outputs));
        Release(node, index, lastUse);
    }

    HashSet<GraphValue>? direct;

    void PlaceView(GraphNode node)
    {
        var source = RuntimeTensor(node.Inputs[0]);
        var value = Graph.ValueOf(node.Outputs[0]);
        var spec = planned[value].Spec;
        var view = new Tensor(spec.DType, spec.Shape, null, 0, null);
        var root = slots.GetValueOrDefault(RootOf(node.Inputs[0]));
        slots[value] = new Slot(SlotKind.View, 0, 0, view);
        if (root?.Kind == SlotKind.Arena) placed.Add((view, root));
        else boundViews.Add((view, source));
    }

    /// <summary>The memory of an input that dies here and may be written over.</summary>
    long? Overwritten(GraphNode node, int index, Dictionary<GraphValue, int> lastUse, long bytes)
    {
        for (var i = 0; i < node.Inputs.Length; i++)
        {
            var root = RootOf(node.Inputs[i]);
            if (!node.Op.CanOverwrite(i) || lastUse.GetValueOrDefault(root) != index) continue;
            if (!slots.TryGetValue(root, out var slot) || slot.Kind != SlotKind.Arena || slot.Bytes != bytes || slot.IsReleased || !OverwritesSafely(node, root)) continue;
            slot.IsReleased = true;
            return slot.Offset;
        }

        return null;
    }

    void Release(GraphNode node, int index, Dictionary<GraphValue, int> lastUse)
    {
        foreach (var root in node.Inputs.Select(RootOf).Concat(node.Outputs.Select(Graph.ValueOf)).Distinct())
        {
            if (!slots.TryGetValue(root, out var slot) || slot.Kind != SlotKind.Arena || slot.IsReleased) continue;
            if (lastUse.TryGetValue(root, out var last) && last > index) continue;
            slot.IsReleased = true;
            memory.Return(slot.Offset, slot.Bytes);
        }
    }

    Tensor Root(Tensor tensor, SlotKind kind)
    {
        var spec = planned[Key(tensor)].Spec;
        var runtime = new Tensor(spec.DType, spec.Shape, null, 0, null);
        slots[Key(tensor)] = new Slot(kind, 0, 0, runtime);
        return runtime;
    }

    Tensor RuntimeTensor(Tensor tensor) => Graph.ValueOf(tensor).Constant ?? slots[Key(tensor)].Tensor;

    static GraphValue Key(Tensor tensor) => Graph.ValueOf(tensor);

    enum SlotKind : byte
    {
        Bound,
        Arena,
        Result,
        Variable,
        View,
    }

    sealed class Slot(SlotKind kind, long offset, long bytes, Tensor tensor)
    {
        internal SlotKind Kind => kind;

        internal long Offset => offset;

        internal long Bytes => bytes;

        internal Tensor Tensor => tensor;

        internal bool IsReleased { get; set; }
    }
}
