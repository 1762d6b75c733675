namespace Tapestry.Compiler;

/// <summary>
/// Where the values of a plan lie: in one arena by their life times, so that operations write over what they read last, in the memory of the variable whose new value they are, or in results.
/// </summary>
sealed class ArenaLayout
{
    readonly Graph graph;
    readonly IReadOnlyList<GraphNode> nodes;
    readonly PlannedValues planned;
    readonly Producers producers;
    readonly Dictionary<GraphValue, Slot> slots = [];
    readonly List<PlanStep> steps = [];
    readonly List<BoundView> boundViews = [];
    readonly List<PlacedValue> placed = [];
    readonly MemoryPlan memory = new();
    readonly Dictionary<GraphValue, int> lastUse;
    readonly Dictionary<GraphValue, Variable> inPlace;
    HashSet<GraphValue>? direct;
    Dictionary<GraphNode, int>? indexOfNode;

    /// <summary>Lays out the values.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="nodes">Its operations, fused ones in place of their parts, in the order in which they run.</param>
    /// <param name="planned">The shapes.</param>
    internal ArenaLayout(Graph graph, IReadOnlyList<GraphNode> nodes, PlannedValues planned)
    {
        this.graph = graph;
        this.nodes = nodes;
        this.planned = planned;
        producers = new Producers(nodes);
        Arguments = [.. graph.Arguments.Select(argument => Root(argument, SlotKind.Bound))];
        Readings = [.. graph.Variables.Select(variable => Root(variable, SlotKind.Bound))];
        lastUse = LastUses();
        inPlace = UpdatesInPlace();
        for (var i = 0; i < nodes.Count; i++) Place(i);
    }

    /// <summary>The place-holders of the arguments.</summary>
    internal Tensor[] Arguments { get; }

    /// <summary>The place-holders of the variables.</summary>
    internal Tensor[] Readings { get; }

    /// <summary>The operations with their operands.</summary>
    internal IReadOnlyList<PlanStep> Steps => steps;

    /// <summary>Views of what is bound at each call.</summary>
    internal IReadOnlyList<BoundView> BoundViews => boundViews;

    /// <summary>The values in the arena, and where.</summary>
    internal IReadOnlyList<PlacedValue> Placed => placed;

    /// <summary>Bytes of the arena.</summary>
    internal long Size => memory.Size;

    /// <summary>Bytes of a segment of the arena.</summary>
    internal long SegmentSize => memory.SegmentSize;

    /// <summary>The place-holder of a value.</summary>
    internal Tensor RuntimeTensor(Tensor tensor) => Graph.ValueOf(tensor).Constant ?? slots[Key(tensor)].Tensor;

    /// <summary>The place-holder of a result that is computed into its own memory; null for one that is copied there.</summary>
    internal Tensor? ResultRoot(Tensor output) => slots.TryGetValue(Key(output), out var slot) && slot.Kind == SlotKind.Result ? slot.Tensor : null;

    /// <summary>Whether a value has memory in the arena.</summary>
    internal bool IsInArena(GraphValue value) => slots.TryGetValue(value, out var slot) && slot.Kind == SlotKind.Arena;

    /// <summary>Whether a value is in memory at all, and not only within the loop of a fused operation.</summary>
    internal bool IsPlaced(GraphValue value) => slots.ContainsKey(value);

    /// <summary>Whether an update is computed in the memory of its variable.</summary>
    internal bool IsInPlace(in VariableUpdate update) => inPlace.ContainsKey(Key(update.Value));

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

    GraphValue RootOf(Tensor tensor) => producers.RootOf(tensor);

    /// <summary>
    /// The updates that may be computed straight into the memory of their variable: the value is nobody's view or constant, is the
    /// update of one variable only, and the old value is not read after (or, unless element by element, while) it is made.
    /// </summary>
    Dictionary<GraphValue, Variable> UpdatesInPlace()
    {
        var inPlace = new Dictionary<GraphValue, Variable>();
        var results = graph.Outputs.Select(RootOf).ToHashSet();
        foreach (var update in graph.Updates)
        {
            var value = Graph.ValueOf(update.Value);
            if (producers.Of(value) is not { } producer || producer.Op.IsView || results.Contains(value) || inPlace.ContainsKey(value)) continue;
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
        if (indexOfNode is null)
        {
            indexOfNode = [];
            for (var i = 0; i < nodes.Count; i++) indexOfNode.Add(nodes[i], i);
        }

        return indexOfNode[node];
    }

    bool OverwritesSafely(GraphNode node, GraphValue root)
    {
        for (var i = 0; i < node.Inputs.Length; i++)
        {
            if (RootOf(node.Inputs[i]) == root && (!node.Op.CanOverwrite(i) || node.Inputs[i].Size != node.Outputs[0].Size)) return false;
        }

        return true;
    }

    void Place(int index)
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
            var spec = planned.Of(node.Outputs[i]).Spec;
            var tensor = outputs[i] = new Tensor(spec.DType, spec.Shape, null, 0, null);
            var bytes = (long)spec.Shape.Size * spec.DType.Size;
            var slot = slots[value] = inPlace.ContainsKey(value) ? new Slot(SlotKind.Variable, 0, 0, tensor)
                : results.Contains(value) ? new Slot(SlotKind.Result, 0, 0, tensor)
                : new Slot(SlotKind.Arena, i == 0 && Overwritten(node, index, bytes) is { } taken ? taken : memory.Take(bytes), bytes, tensor);
            if (slot.Kind == SlotKind.Arena) placed.Add(new PlacedValue(tensor, slot));
        }

        steps.Add(new PlanStep(node.Op, inputs, outputs));
        Release(node, index);
    }

    void PlaceView(GraphNode node)
    {
        var source = RuntimeTensor(node.Inputs[0]);
        var value = Graph.ValueOf(node.Outputs[0]);
        var spec = planned.Of(node.Outputs[0]).Spec;
        var view = new Tensor(spec.DType, spec.Shape, null, 0, null);
        var root = slots.GetValueOrDefault(RootOf(node.Inputs[0]));
        slots[value] = new Slot(SlotKind.View, 0, 0, view);
        if (root?.Kind == SlotKind.Arena) placed.Add(new PlacedValue(view, root));
        else boundViews.Add(new BoundView(view, source));
    }

    /// <summary>The memory of an input that dies here and may be written over.</summary>
    long? Overwritten(GraphNode node, int index, long bytes)
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

    void Release(GraphNode node, int index)
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
        var spec = planned.Of(tensor).Spec;
        var runtime = new Tensor(spec.DType, spec.Shape, null, 0, null);
        slots[Key(tensor)] = new Slot(kind, 0, 0, runtime);
        return runtime;
    }

    static GraphValue Key(Tensor tensor) => Graph.ValueOf(tensor);

    /// <summary>A value in the arena.</summary>
    /// <param name="Tensor">Its place-holder.</param>
    /// <param name="Slot">Where it is.</param>
    internal sealed record PlacedValue(Tensor Tensor, Slot Slot);

    internal enum SlotKind : byte
    {
        Bound,
        Arena,
        Result,
        Variable,
        View,
    }

    internal sealed class Slot(SlotKind kind, long offset, long bytes, Tensor tensor)
    {
        internal SlotKind Kind => kind;

        internal long Offset => offset;

        internal long Bytes => bytes;

        internal Tensor Tensor => tensor;

        internal bool IsReleased { get; set; }
    }
}
