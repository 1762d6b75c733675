namespace Tapestry.Compiler;

/// <summary>What a plan computes a second time instead of keeping it.</summary>
/// <param name="Values">The values, by operation and size.</param>
/// <param name="BytesBefore">The arena that keeps all of them.</param>
sealed record RecomputationReport(IReadOnlyList<string> Values, long BytesBefore);

/// <summary>
/// Lowers the peak of a plan: what lives across it only because it is read again later, as activations are for the gradient, is computed again before those later readers, if that takes nothing but
/// cheap operations on values that live then anyway. Runs before fusion, so that the second computation becomes part of the loops that read it.
/// </summary>
/// <remarks>
/// Each round takes what lives across the present peak and stays only if the arena shrinks. The second computation reads its sources behind an <see cref="AfterOp"/> that waits for an operation shortly
/// before the later reader: so it is neither fused with the first one nor runs early.
/// </remarks>
sealed class Recomputation(Graph graph, PlannedValues planned)
{
    const int MostRounds = 8;
    const int MostOperations = 24;
    const int MostLargeSources = 4;
    const long SmallestValue = 32 * 1024;

    // What is so much smaller than the value itself may live longer for its sake.
    const int SmallPart = 64;

    readonly List<string> reported = [];
    long before;

    /// <summary>What was done.</summary>
    internal RecomputationReport Report => new(reported, before);

    /// <summary>The layout with the smallest arena that was found.</summary>
    internal ArenaLayout Lay()
    {
        var nodes = graph.Nodes;
        var units = PlanBuilder.Fuse(graph, nodes, planned);
        var layout = new ArenaLayout(graph, units, planned);
        before = layout.Size;
        for (var round = 0; round < MostRounds; round++)
        {
            var attempt = new Round(planned, nodes, units, layout);
            if (attempt.Run() is not { } changed) break;
            var fused = PlanBuilder.Fuse(graph, changed, planned);
            var smaller = new ArenaLayout(graph, fused, planned);
            if (smaller.Size >= layout.Size) break;
            (nodes, units, layout) = (changed, fused, smaller);
            reported.AddRange(attempt.Chosen);
        }

        return layout;
    }

    /// <summary>The values that live across one peak.</summary>
    sealed class Round
    {
        readonly PlannedValues planned;
        readonly IReadOnlyList<GraphNode> nodes;
        readonly ArenaLayout layout;
        readonly Producers producers;
        readonly LifeTimes unitTimes;
        readonly Dictionary<GraphValue, int> makers = [];
        readonly Dictionary<GraphValue, List<int>> readers = [];
        readonly IReadOnlyList<GraphNode> units;
        readonly HashSet<GraphValue> ending = [];
        readonly HashSet<GraphValue> needed = [];
        readonly Dictionary<int, List<GraphNode>> inserted = [];
        readonly Dictionary<int, GraphNode> changed = [];

        internal Round(PlannedValues planned, IReadOnlyList<GraphNode> nodes, IReadOnlyList<GraphNode> units, ArenaLayout layout)
        {
            this.planned = planned;
            this.nodes = nodes;
            this.units = units;
            this.layout = layout;
            producers = new Producers(nodes);
            unitTimes = new LifeTimes(units);
            for (var i = 0; i < nodes.Count; i++)
            {
                foreach (var output in nodes[i].Outputs) makers[Graph.ValueOf(output)] = i;
            }

            // Readers through views too, which are made anew along with what they look at.
            for (var i = 0; i < nodes.Count; i++)
            {
                if (nodes[i].Op.IsView) continue;
                for (var input = 0; input < nodes[i].Inputs.Length; input++)
                {
                    if (!nodes[i].Op.ReadsValue(input)) continue;
                    var root = RootOf(nodes[i].Inputs[input]);
                    if (!readers.TryGetValue(root, out var list)) readers.Add(root, list = []);
                    if (list.Count == 0 || list[^1] != i) list.Add(i);
                }
            }
        }

        /// <summary>The values that are computed again.</summary>
        internal List<string> Chosen { get; } = [];

        /// <summary>The operations with those that compute again among them; null when there is nothing to gain.</summary>
        internal IReadOnlyList<GraphNode>? Run()
        {
            var peak = unitTimes.Peak(value => layout.IsInArena(value) ? Bytes(value) : 0);
            var candidates = unitTimes.Roots.Where(value => layout.IsInArena(value) && Bytes(value) >= SmallestValue && makers.ContainsKey(value))
                .Select(value => (Value: value, Late: LateUse(value, peak))).Where(candidate => candidate.Late >= 0)
                .OrderByDescending(candidate => Bytes(candidate.Value)).ThenBy(candidate => makers[candidate.Value]).ToList();
            foreach (var (value, late) in candidates) Consider(value, late);
            if (Chosen.Count == 0) return null;
            var result = new List<GraphNode>();
            for (var i = 0; i < nodes.Count; i++)
            {
                if (inserted.TryGetValue(i, out var again)) result.AddRange(again);
                result.Add(changed.GetValueOrDefault(i) ?? nodes[i]);
            }

            return result;
        }

        // The unit that reads a value next after the peak, which it only waits for; -1 where it is read or made there, or ends before.
        int LateUse(GraphValue value, int peak)
        {
            var times = unitTimes.Of(value);
            for (var i = 1; i < times.Count; i++)
            {
                if (times[i] > peak) return times[i - 1] < peak ? times[i] : -1;
            }

            return -1;
        }

        void Consider(GraphValue value, int lateUnit)
        {
            if (needed.Contains(value) || !readers.TryGetValue(value, out var list)) return;
            // The longest pause is the one between the value's own use and that of its gradient.
            var (first, pause) = (list[0], list[0] - makers[value]);
            for (var i = 1; i < list.Count; i++)
            {
                if (list[i] - list[i - 1] > pause) (first, pause) = (list[i], list[i] - list[i - 1]);
            }

            if (Trigger(first) is not { } trigger) return;
            var chain = new Chain(this, value, lateUnit, first, trigger);
            if (!chain.IsPossible) return;
            ending.Add(value);
            needed.UnionWith(chain.Sources);
            foreach (var reader in list.Where(reader => reader >= first)) Redirect(reader, value, chain);
            if (!inserted.TryGetValue(first, out var again)) inserted.Add(first, again = []);
            again.AddRange(chain.Nodes);
            Chosen.Add($"{nodes[makers[value]].Op.Name} {planned.Of(nodes[makers[value]].Outputs[0]).Spec}, {Bytes(value)} bytes");
        }

        // The latest result before a reader that is in memory anyway: whoever waits for it does not run early.
        Tensor? Trigger(int reader)
        {
            for (var i = reader - 1; i >= 0; i--)
            {
                if (!nodes[i].Op.IsView && !nodes[i].Op.IsCheap && nodes[i].Outputs.Length > 0 && layout.IsInArena(Graph.ValueOf(nodes[i].Outputs[0]))) return nodes[i].Outputs[0];
            }

            return null;
        }

        void Redirect(int reader, GraphValue value, Chain chain)
        {
            var node = changed.GetValueOrDefault(reader) ?? nodes[reader];
            var inputs = node.Inputs.Select((input, i) => node.Op.ReadsValue(i) && RootOf(input) == value ? chain.Again(input) : input).ToArray();
            changed[reader] = new GraphNode(node.Op, inputs) { Outputs = node.Outputs };
        }

        // Redirected readers read copies, which have no makers here and so are roots.
        GraphValue RootOf(Tensor tensor) => producers.RootOf(tensor);

        long Bytes(GraphValue value) => planned.Bytes(nodes[makers[value]].Outputs[value.Index]);

        /// <summary>The second computation of one value.</summary>
        sealed class Chain
        {
            readonly Round round;
            readonly GraphValue target;
            readonly int lateUnit;
            readonly int place;
            readonly Tensor trigger;
            readonly HashSet<int> operations = [];
            readonly HashSet<GraphValue> largeSources = [];
            readonly Dictionary<GraphValue, Tensor> made = [];

            internal Chain(Round round, GraphValue target, int lateUnit, int place, Tensor trigger)
            {
                (this.round, this.target, this.lateUnit, this.place, this.trigger) = (round, target, lateUnit, place, trigger);
                IsPossible = CanMake(target) && largeSources.Count is > 0 and <= MostLargeSources;
            }

            internal bool IsPossible { get; }

            /// <summary>What must live until then.</summary>
            internal HashSet<GraphValue> Sources { get; } = [];

            /// <summary>The operations, in an order in which they can run.</summary>
            internal List<GraphNode> Nodes { get; } = [];

            /// <summary>The value, or a view of it, computed again.</summary>
            internal Tensor Again(Tensor tensor)
            {
                var value = Graph.ValueOf(tensor);
                if (made.TryGetValue(value, out var known)) return known;
                var root = round.RootOf(tensor);
                if (root != target && (Sources.Contains(root) || !round.makers.ContainsKey(value))) return made[value] = largeSources.Contains(root) ? Add(AfterOp.Instance, [tensor, trigger], tensor) : tensor;
                var node = round.nodes[round.makers[value]];
                return made[value] = Add(node.Op, [.. node.Inputs.Select((input, i) => node.Op.ReadsValue(i) ? Again(input) : input)], tensor);
            }

            Tensor Add(Op op, Tensor[] inputs, Tensor like)
            {
                var node = new GraphNode(op, inputs);
                var spec = like.Spec with { Name = null };
                var output = new Tensor(spec, new GraphValue(GraphValueKind.Result, spec, Graph.ValueOf(like).Trace) { Producer = node });
                node.Outputs = [output];
                round.planned.Add(node);
                Nodes.Add(node);
                return output;
            }

            bool CanMake(GraphValue value)
            {
                var index = round.makers[value];
                var node = round.nodes[index];
                if (!(node.Op.IsCheap || node.Op.IsView) || node.Op.HasEffects || node.Outputs.Length != 1) return false;
                if (!operations.Add(index)) return true;
                if (operations.Count > MostOperations) return false;
                for (var i = 0; i < node.Inputs.Length; i++)
                {
                    if (node.Op.ReadsValue(i) && !CanRead(node.Inputs[i])) return false;
                }

                return true;
            }

            bool CanRead(Tensor input)
            {
                var root = round.RootOf(input);
                if (root.Kind == GraphValueKind.Constant) return true;
                var bytes = round.planned.Bytes(input);
                var isLarge = bytes > round.Bytes(target) / SmallPart;
                var times = round.unitTimes.Of(root);
                var lives = times.Count > 0 && times[^1] >= lateUnit && !round.ending.Contains(root);
                // A variable may be assigned between its last reading and then.
                if (root.Kind != GraphValueKind.Result) return (lives || root.Kind == GraphValueKind.Argument) && Take(root, isLarge);
                if (round.layout.IsPlaced(root) && (lives || !isLarge) && !round.ending.Contains(root)) return Take(root, isLarge);
                return CanMake(Graph.ValueOf(input));
            }

            bool Take(GraphValue root, bool isLarge)
            {
                Sources.Add(root);
                if (isLarge) largeSources.Add(root);
                return true;
            }
        }
    }
}
