namespace Tapestry.Keras;

/// <summary>The calls of a functional model as a list of steps over numbered values, so that running them looks nothing up.</summary>
sealed class GraphProgram
{
    readonly Step[] steps;
    readonly int[] inputs;
    readonly int[] outputs;
    readonly int count;
    readonly Nest structure;

    internal GraphProgram(FunctionalGraph graph)
    {
        var places = new Dictionary<NodeOutput, int>(ReferenceEqualityComparer.Instance);
        inputs = [.. graph.Inputs.Select(Place)];
        steps = [.. graph.NodesByDepth.SelectMany(level => level).Where(node => !node.IsInput).Select(node => new Step(node, Place))];
        outputs = [.. graph.Outputs.Select(Place)];
        count = places.Count;
        structure = graph.OutputStructure;

        int Place(Tensor tensor)
        {
            var source = graph.Source(tensor);
            if (!places.TryGetValue(source, out var place)) places.Add(source, place = places.Count);
            return place;
        }
    }

    /// <summary>Runs the steps.</summary>
    internal Nest Run(IReadOnlyList<Tensor?> given)
    {
        var values = new Tensor?[count];
        for (var i = 0; i < inputs.Length; i++) values[inputs[i]] = given[i];
        foreach (var step in steps) step.Run(values);
        if (structure.Kind == NestKind.Leaf) return values[outputs[0]]!;
        var next = 0;
        return structure.MapLeaves(_ => values[outputs[next++]]);
    }

    /// <summary>One call of a layer.</summary>
    sealed class Step
    {
        readonly CallNode node;
        readonly int[] taken;
        readonly int[] given;
        readonly bool isSimple;

        internal Step(CallNode node, Func<Tensor, int> place)
        {
            this.node = node;
            taken = [.. node.Parents.Select(place)];
            given = [.. node.Outputs.FlattenLeaves().Select(leaf => leaf is Tensor tensor ? place(tensor) : -1)];
            // One symbolic tensor in, perhaps with a symbolic mask, and one out: nearly all layers.
            isSimple = IsSymbolic(node.Inputs) && node.Outputs.IsTensor && node.Arguments is null && (node.Mask is null || IsSymbolic(node.Mask));
        }

        internal void Run(Tensor?[] values)
        {
            if (isSimple)
            {
                values[given[0]] = CallPipeline.Call(node.Layer, values[taken[0]]!, node.Training, taken.Length > 1 ? values[taken[1]] : null);
                return;
            }

            // The symbolic tensors come in the same order in which the node lists its parents.
            var next = 0;
            var inputs = Fill(node.Inputs)!;
            var mask = Fill(node.Mask);
            var arguments = node.Arguments?.ToDictionary(entry => entry.Key, entry => Fill(entry.Value)!);
            var results = CallPipeline.Call(node.Layer, inputs, node.Training, mask, arguments).FlattenLeaves();
            for (var i = 0; i < given.Length; i++)
            {
                if (given[i] >= 0) values[given[i]] = (Tensor?)results[i];
            }

            Nest? Fill(Nest? nest) => nest?.MapLeaves(leaf => leaf is Tensor { Symbol: NodeOutput } ? values[taken[next++]] : leaf);
        }

        static bool IsSymbolic(Nest nest) => nest.IsTensor && nest.Leaf is Tensor { Symbol: NodeOutput };
    }
}
