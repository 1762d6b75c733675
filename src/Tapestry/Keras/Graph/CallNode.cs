namespace Tapestry.Keras;

/// <summary>One call of a layer on symbolic tensors: a node in the graph of a functional model.</summary>
sealed class CallNode
{
    internal CallNode(Layer layer, Nest inputs, bool? training, Nest? mask, IReadOnlyDictionary<string, Nest>? arguments)
    {
        Layer = layer;
        Inputs = inputs;
        Training = training;
        Mask = mask;
        Arguments = arguments;
        Parents = [.. SymbolicLeaves(inputs), .. SymbolicLeaves(mask), .. arguments?.Values.SelectMany(SymbolicLeaves) ?? []];
        lock (layer.Nodes)
        {
            Index = layer.Nodes.Count;
            layer.Nodes.Add(this);
        }
    }

    /// <summary>The layer that was called.</summary>
    internal Layer Layer { get; }

    /// <summary>Which of the symbolic calls of its layer this is.</summary>
    internal int Index { get; }

    /// <summary>The inputs: symbolic tensors, and constants beside them.</summary>
    internal Nest Inputs { get; }

    /// <summary>What was said about training at this call.</summary>
    internal bool? Training { get; }

    /// <summary>The masks that were given to the call, or that it reads from its inputs.</summary>
    internal Nest? Mask { get; }

    /// <summary>Further arguments.</summary>
    internal IReadOnlyDictionary<string, Nest>? Arguments { get; }

    /// <summary>All symbolic tensors that the call takes.</summary>
    internal IReadOnlyList<Tensor> Parents { get; }

    /// <summary>What the call gives.</summary>
    internal Nest Outputs { get; private set; } = null!;

    /// <summary>True for an input of a model.</summary>
    internal bool IsInput => Parents.Count == 0;

    /// <summary>The place where a symbolic tensor of a model comes from; null for other tensors.</summary>
    internal static NodeOutput? SourceOf(Tensor tensor) => tensor.Symbol as NodeOutput;

    /// <summary>Gives the call its outputs.</summary>
    internal void Complete(Nest outputs) => Outputs = outputs;

    static IEnumerable<Tensor> SymbolicLeaves(Nest? nest) => nest?.FlattenLeaves().OfType<Tensor>().Where(tensor => tensor.Symbol is NodeOutput) ?? [];
}

/// <summary>A tensor between the layers of a functional model.</summary>
sealed class NodeOutput(CallNode node, int index, string? name = null) : Symbol
{
    /// <summary>The call that gives the tensor.</summary>
    internal CallNode Node => node;

    /// <summary>Which of its outputs this is.</summary>
    internal int Index => index;

    /// <summary>The name of an input.</summary>
    internal string? Name => name;

    internal override object Owner => FunctionalRecorder.Instance;

    internal override string Label => $"{name ?? node.Layer.Name}[{node.Index}][{index}]";
}
