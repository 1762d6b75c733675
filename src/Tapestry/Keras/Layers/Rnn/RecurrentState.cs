namespace Tapestry.Keras.Layers;

/// <summary>The states that a recurrent layer keeps from one batch to the next; no weights.</summary>
sealed class RecurrentState : Module
{
    readonly List<Variable> variables = [];

    internal RecurrentState()
        : base("recurrent_state")
    {
    }

    internal override bool IsState => true;

    /// <summary>The states for batches of a size; zeros at first.</summary>
    internal Tensor[] Read(string subject, int batch, int[] sizes, DType dtype)
    {
        if (batch == Shape.Unknown) throw new TapestryException(subject, "a stateful layer was given batches of unknown size", expected: "a fixed size", remedy: "Give the input a batchSize.");
        if (variables.Count > 0 && variables[0].Shape[0] != batch) throw new TapestryException(subject, "a stateful layer was given a batch of another size", $"{batch}", $"{variables[0].Shape[0]}, as before", "Give all batches the same size.");
        using (Scopes.Current.Enter(null))
        {
            for (var i = variables.Count; i < sizes.Length; i++) variables.Add(new Variable(Ops.Zeros([batch, sizes[i]], dtype), trainable: false, $"state_{i}"));
        }

        return [.. variables.Select(variable => variable.Value)];
    }

    /// <summary>Keeps the states for the next batch.</summary>
    internal void Write(IReadOnlyList<Tensor> states)
    {
        for (var i = 0; i < states.Count; i++) variables[i].Assign(states[i]);
    }

    /// <summary>Sets the states to zero, or to given values.</summary>
    internal void Reset(string subject, IReadOnlyList<Tensor>? states)
    {
        if (states is not null && states.Count != variables.Count) throw new TapestryException(subject, "the states do not fit", $"{states.Count} tensors", variables.Count == 0 ? "none before the first call" : $"{variables.Count} tensors", variables.Count == 0 ? "Call the layer once, or give the call its initial_state." : null);
        for (var i = 0; i < variables.Count; i++) variables[i].Assign(states?[i] ?? Ops.Zeros(variables[i].Shape, variables[i].DType));
    }
}
