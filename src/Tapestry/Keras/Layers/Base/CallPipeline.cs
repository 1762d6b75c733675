using Tapestry.Keras.Configuration;

namespace Tapestry.Keras;

/// <summary>
/// What happens when a layer is called: inputs are converted and checked, the layer is built, training and masks are resolved, the
/// computation runs, penalties and masks are attached to what it gives. Symbolic tensors of a functional model are recorded instead.
/// </summary>
static class CallPipeline
{
    /// <summary>Calls a layer on one tensor, for one tensor.</summary>
    internal static Tensor Call(Layer layer, Tensor input, bool? training, Tensor? mask)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Symbol is NodeOutput || mask?.Symbol is NodeOutput) return FunctionalRecorder.Record(layer, input, training, mask is null ? null : Nest.Of(mask), null).Single();
        var carried = input.Mask;
        var given = mask ?? carried;
        var call = CallContext.Enter(layer, training, given is null ? null : Nest.Of(given));
        try
        {
            if (call.Parent is null) Begin(layer);
            var x = Convert(layer, input);
            layer.InputSpec?.Check(layer.Name, x);
            if (!layer.Built)
            {
                layer.EnsureBuilt(x);
                layer.InputSpec?.Check(layer.Name, x);
            }

            var output = layer.Invoke(x, call);
            if (layer.ActivityRegularizer is { } regularizer) Penalize(layer, regularizer, output);
            if (output.Mask is null && layer.SupportsMasking) output.Mask = layer.MaskOf(x, given);
            else if (carried is not null) WarnOfLostMask(layer);
            return output;
        }
        catch (TapestryException exception)
        {
            exception.AddLayer(layer.Name);
            throw;
        }
        finally
        {
            call.Leave();
            if (call.Parent is null) End(layer);
        }
    }

    /// <summary>Calls a layer on any structure.</summary>
    internal static Nest Call(Layer layer, Nest inputs, bool? training, Nest? mask, IReadOnlyDictionary<string, Nest>? arguments)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        inputs = inputs.MapLeaves(leaf => leaf is null ? null : AsTensor(layer, leaf));
        return FunctionalRecorder.Owns(inputs) || FunctionalRecorder.Owns(mask) || (arguments?.Values.Any(FunctionalRecorder.Owns) ?? false)
            ? FunctionalRecorder.Record(layer, inputs, training, mask, arguments)
            : Run(layer, inputs, training, mask, arguments, out _);
    }

    /// <summary>Calls a layer on tensors that are not those of a functional model.</summary>
    internal static Nest Run(Layer layer, Nest inputs, bool? training, Nest? mask, IReadOnlyDictionary<string, Nest>? arguments, out bool readsMasks)
    {
        var carried = MasksOf(inputs);
        var call = CallContext.Enter(layer, training, mask ?? carried, arguments);
        try
        {
            if (call.Parent is null) Begin(layer);
            var x = inputs.MapLeaves(leaf => leaf is Tensor tensor ? Convert(layer, tensor) : null);
            var first = x.FlattenLeaves().OfType<Tensor>().FirstOrDefault();
            if (first is not null) layer.InputSpec?.Check(layer.Name, first);
            if (!layer.Built)
            {
                layer.EnsureBuilt(x);
                if (first is not null) layer.InputSpec?.Check(layer.Name, first);
            }

            var outputs = layer.Invoke(x, call);
            call.RequireUse();
            if (layer.ActivityRegularizer is { } regularizer)
            {
                foreach (var output in outputs.Flatten()) Penalize(layer, regularizer, output);
            }

            AttachMasks(layer, x, mask ?? carried, outputs);
            readsMasks = call.HasReadMasks;
            return outputs;
        }
        catch (TapestryException exception)
        {
            exception.AddLayer(layer.Name);
            throw;
        }
        finally
        {
            call.Leave();
            if (call.Parent is null) End(layer);
        }
    }

    /// <summary>What a layer gives for inputs of which only dtypes and shapes are known (leaves are <see cref="TensorSpec"/>), building it if necessary.</summary>
    internal static Nest Infer(Layer layer, Nest specs)
    {
        var interpreter = new ShapeInterpreter();
        using (Scopes.Current.Enter(interpreter))
        {
            return Call(layer, specs.MapLeaves(leaf => leaf is TensorSpec spec ? interpreter.Wrap(spec) : leaf), null, null, null);
        }
    }

    /// <summary>The masks of tensors in their structure, or null when none has one.</summary>
    internal static Nest? MasksOf(Nest tensors) => tensors.FlattenLeaves().Any(leaf => leaf is Tensor { Mask: not null }) ? tensors.MapLeaves(leaf => (leaf as Tensor)?.Mask) : null;

    // At the outermost call the losses of the previous one are forgotten, and new variables are watched.
    static void Begin(Layer layer)
    {
        layer.CallLosses.Clear();
        Scopes.Current.CollectsVariables = true;
    }

    static void End(Layer layer)
    {
        var scopes = Scopes.Current;
        scopes.CollectsVariables = false;
        if (scopes.NewVariables.Count == 0) return;
        Variable[] lost = [.. scopes.NewVariables.Except(layer.VariablesBelow())];
        scopes.NewVariables.Clear();
        foreach (var variable in lost) Warning.Once(
            $"The variable '{variable.Path}' {variable.Shape} was created while the layer '{layer.Name}' was called, but no field of the layer holds it, so it is lost after the call and is never trained. "
            + "Create it in the constructor or with AddWeight in Build, and keep it in a field.");
    }

    static Tensor AsTensor(Layer layer, object leaf) => leaf as Tensor ?? (leaf is Variable or Array or float or double or int or long or bool
        ? Nest.Of(leaf).Single()
        : throw new TapestryException(layer.Name, "an input is no tensor", leaf.ToString(), "tensors"));

    // Numbers become tensors of their own dtype, and floating-point tensors take that of the layer.
    static Tensor Convert(Layer layer, Tensor x)
    {
        var dtype = x.DType.IsFloating && layer.ConvertsInputs ? layer.DType : x.DType;
        if (ReferenceEquals(x.DType, dtype) && x.Weakness == ScalarKind.None) return x;
        var mask = x.Mask;
        x = Ops.Cast(x, dtype);
        if (mask is not null) x.Mask = mask;
        return x;
    }

    static void Penalize(Layer layer, Regularizer regularizer, Tensor output)
    {
        var penalty = regularizer.Apply(output);
        layer.AddLoss(output.Rank == 0 ? penalty : penalty / Ops.Cast(Training.LeadingDimensionOp.Instance.Apply(output), penalty.DType));
    }

    static void AttachMasks(Layer layer, Nest inputs, Nest? carried, Nest outputs)
    {
        var tensors = outputs.FlattenLeaves().OfType<Tensor>().ToArray();
        if (tensors.All(tensor => tensor.Mask is not null)) return;
        if (!layer.SupportsMasking)
        {
            if (carried is not null) WarnOfLostMask(layer);
            return;
        }

        if (layer.MaskOf(inputs, carried) is not { } masks) return;
        foreach (var (tensor, mask) in tensors.Zip(masks.FlattenLeaves())) tensor.Mask ??= mask as Tensor;
    }

    static void WarnOfLostMask(Layer layer) => Warning.Once(
        $"The layer '{layer.Name}' ({layer.ClassName}) received an input with a mask, but does not support masking, so the mask ends here.");
}
