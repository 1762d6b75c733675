namespace Tapestry.Keras;

/// <summary>The calls of layers between the inputs and the outputs of a functional model, in the order in which Keras runs and lists them.</summary>
sealed class FunctionalGraph
{
    readonly Dictionary<Symbol, Tensor> replaced = [];
    GraphProgram? program;

    internal FunctionalGraph(string model, Nest inputs, Nest outputs)
    {
        Model = model;
        InputStructure = inputs.MapLeaves(leaf => AsInput(Symbolic(leaf, "inputs")));
        OutputStructure = outputs.MapLeaves(leaf => Symbolic(leaf, "outputs"));
        Inputs = InputStructure.Flatten();
        Outputs = OutputStructure.Flatten();
        if (Inputs.Count == 0 || Outputs.Count == 0) throw new TapestryException(model, "a model without inputs or outputs", $"{Inputs.Count} inputs, {Outputs.Count} outputs", "at least one of each");
        (Layers, NodesByDepth) = GraphOrder.Of(this);
        InputNames = [.. Inputs.Select(input => CallNode.SourceOf(input)!.Node.Layer.Name)];
        OutputNames = [.. Outputs.Select(output => Source(output).Node.Layer.Name)];
    }

    /// <summary>The name of the model.</summary>
    internal string Model { get; }

    /// <summary>The inputs as they were given, with input layers in place of tensors from the midst of another model.</summary>
    internal Nest InputStructure { get; }

    /// <summary>The outputs as they were given.</summary>
    internal Nest OutputStructure { get; }

    /// <summary>The inputs from left to right.</summary>
    internal IReadOnlyList<Tensor> Inputs { get; }

    /// <summary>The outputs from left to right.</summary>
    internal IReadOnlyList<Tensor> Outputs { get; }

    /// <summary>The names by which inputs are fed.</summary>
    internal IReadOnlyList<string> InputNames { get; }

    /// <summary>The names of the layers that give the outputs.</summary>
    internal IReadOnlyList<string> OutputNames { get; }

    /// <summary>All layers, those of single operations included, from the inputs on.</summary>
    internal IReadOnlyList<Layer> Layers { get; }

    /// <summary>The calls that can run side by side, from the inputs on.</summary>
    internal IReadOnlyList<IReadOnlyList<CallNode>> NodesByDepth { get; }

    /// <summary>Where a tensor of this graph comes from.</summary>
    internal NodeOutput Source(Tensor tensor) => CallNode.SourceOf(replaced.GetValueOrDefault(tensor.Symbol!) ?? tensor)!;

    /// <summary>Runs the calls on other tensors.</summary>
    /// <param name="inputs">One for each input.</param>
    internal Nest Run(IReadOnlyList<Tensor?> inputs) => (program ??= new GraphProgram(this)).Run(inputs);

    Tensor Symbolic(object? leaf, string what) => leaf is Tensor { Symbol: NodeOutput } tensor ? tensor : throw new TapestryException(
        Model,
        $"one of the {what} is no symbolic tensor",
        leaf is Tensor other ? other.Spec.ToString() : leaf?.ToString() ?? "null",
        "tensors that come from an Input",
        "Create the inputs with new Input(shape), and the outputs by calling layers and operations on them.");

    // A tensor from the midst of another model enters this one through an input layer of its own.
    Tensor AsInput(Tensor tensor)
    {
        if (CallNode.SourceOf(tensor)!.Node.IsInput) return tensor;
        var input = new Input(batchShape: tensor.Shape, dtype: tensor.DType, name: $"{CallNode.SourceOf(tensor)!.Node.Layer.Name}_input");
        replaced[tensor.Symbol!] = input;
        return input;
    }
}
