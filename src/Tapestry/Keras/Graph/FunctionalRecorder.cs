namespace Tapestry.Keras;

/// <summary>
/// Records what is done with the symbolic tensors that come from an <see cref="Input"/>: calls of layers as nodes of their graph, single
/// operations as layers of their own.
/// </summary>
sealed class FunctionalRecorder : IInterpreter, IAmbientFree
{
    /// <summary>The one recorder: symbolic tensors may be mixed freely, since the graph is in the tensors.</summary>
    internal static readonly FunctionalRecorder Instance = new();

    public bool AcceptsOutside => true;

    /// <summary>True when a tensor of a structure is symbolic.</summary>
    internal static bool Owns(Nest? nest) => nest?.FlattenLeaves().Any(leaf => leaf is Tensor { Symbol: NodeOutput }) ?? false;

    /// <summary>Records the call of a layer: finds out the shapes of its outputs, building it, and makes a node.</summary>
    internal static Nest Record(Layer layer, Nest inputs, bool? training, Nest? mask, IReadOnlyDictionary<string, Nest>? arguments)
    {
        var interpreter = new ShapeInterpreter();
        var stands = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        var carried = CallPipeline.MasksOf(inputs);
        Nest inferred;
        bool readsMasks;
        using (Scopes.Current.Enter(interpreter))
        {
            inferred = CallPipeline.Run(layer, StandIn(inputs)!, training, StandIn(mask), arguments?.ToDictionary(entry => entry.Key, entry => StandIn(entry.Value)!), out readsMasks);
        }

        // A layer that looks at masks gets them as inputs; for the others they travel on the tensors.
        var node = new CallNode(layer, inputs, training, mask ?? (readsMasks ? carried : null), arguments);
        var next = 0;
        var outputs = inferred.MapLeaves(leaf => leaf is Tensor tensor ? new Tensor(tensor.Spec, new NodeOutput(node, next++)) : leaf);
        node.Complete(outputs);
        AttachMasks(layer, inputs, mask ?? carried, outputs);
        return outputs;

        Nest? StandIn(Nest? nest) => nest?.MapLeaves(leaf => leaf is Tensor tensor ? StandInOf(tensor) : leaf);

        Tensor StandInOf(Tensor tensor)
        {
            if (tensor.Symbol is not NodeOutput) return tensor;
            if (stands.TryGetValue(tensor, out var stand)) return stand;
            stand = interpreter.Wrap(tensor.Spec);
            if (tensor.Mask is { } own) stand.Mask = StandInOf(own);
            return stands[tensor] = stand;
        }
    }

    public void Apply(Op op, ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs)
    {
        var specs = new TensorSpec[outputs.Length];
        var context = new InferContext(inputs, specs);
        op.Infer(ref context);
        var layer = new OperationLayer(op, inputs);
        var node = new CallNode(layer, Nest.List(inputs.ToArray().Where(input => input.Symbol is NodeOutput).Select(input => (Nest)input)), null, null, null);
        for (var i = 0; i < specs.Length; i++) outputs[i] = new Tensor(specs[i] with { Name = null }, new NodeOutput(node, i));
        node.Complete(outputs.Length == 1 ? (Nest)outputs[0] : outputs.ToArray());
    }

    public Tensor Read(Variable variable) => variable.Value;

    public void Assign(Variable variable, Tensor value) => throw new TapestryException(
        $"Variable '{variable.Name}'",
        "a symbolic tensor of a functional model is assigned",
        value.Spec.ToString(),
        remedy: "Assign inside the Call of a layer.");

    public void Created(Variable variable)
    {
        // The recorder is never ambient, so no variable comes into being under it.
    }

    static void AttachMasks(Layer layer, Nest inputs, Nest? carried, Nest outputs)
    {
        if (!layer.SupportsMasking) return;
        var masks = inputs.IsTensor
            ? layer.MaskOf(inputs.Single(), carried?.Single()) is { } mask ? Nest.Of(mask) : null
            : layer.MaskOf(inputs, carried);
        if (masks is null) return;
        foreach (var (output, leaf) in outputs.FlattenLeaves().OfType<Tensor>().Zip(masks.FlattenLeaves())) output.Mask ??= leaf as Tensor;
    }
}
