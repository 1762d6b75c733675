namespace Tapestry;

/// <summary>
/// The gradients of the gradients of recurrences: the recurrence step by step in public operations, differentiated on one tape and that again on another, so that
/// derivatives have all orders.
/// </summary>
static class RecurrentDerivatives
{
    /// <summary>Gives the gradients of some inputs of a gradient operation.</summary>
    /// <param name="context">The gradient operation.</param>
    /// <param name="inputs">Its inputs on which the results depend; the others are results of these, kept for the kernel.</param>
    /// <param name="gradients">Its results, from these inputs.</param>
    internal static void Return(GradientContext context, int[] inputs, Func<Tensor[], Tensor[]> gradients)
    {
        // One tensor may be several inputs.
        Tensor[] own = [.. inputs.Select(i => Ops.Identity(context.Input(i)))];
        using var tape = new GradientTape();
        foreach (var x in own) tape.Watch(x);
        var results = gradients(own);
        int[] reached = [.. Enumerable.Range(0, results.Length).Where(context.HasUpstream)];
        var derivatives = tape.Gradients([.. reached.Select(i => results[i])], own, [.. reached.Select(context.Upstream)], UnconnectedGradients.Zero);
        for (var i = 0; i < inputs.Length; i++)
        {
            if (context.Needs(inputs[i])) context.Return(inputs[i], derivatives[i]!);
        }
    }

    /// <summary>The results of <see cref="LstmGradientOp"/>.</summary>
    internal static Tensor[] Lstm(Tensor entry, Tensor h, Tensor c, Tensor kernel, Tensor ofOutputs, Tensor ofStates)
    {
        using var tape = new GradientTape();
        foreach (var x in (Tensor[])[entry, h, c]) tape.Watch(x);
        var values = Walk("Lstm", [entry], [h, c], (before, now) =>
        {
            var z = Ops.Split(now[0] + Ops.MatMul(before[0], kernel), 4, axis: 1);
            var state = (Ops.Sigmoid(z[1]) * before[1]) + (Ops.Sigmoid(z[0]) * Ops.Tanh(z[2]));
            return [Ops.Sigmoid(z[3]) * Ops.Tanh(state), state];
        });
        return Differentiate(tape, values, [entry, h, c], [ofOutputs, ofStates]);
    }

    /// <summary>The results of <see cref="GruGradientOp"/> with the reset gate behind the product.</summary>
    internal static Tensor[] Gru(Tensor entry, Tensor h, Tensor kernel, Tensor bias, Tensor ofOutputs)
    {
        // What is added to the products has their gradients.
        var added = Ops.ZerosLike(entry);
        using var tape = new GradientTape();
        foreach (var x in (Tensor[])[entry, h, added]) tape.Watch(x);
        var values = Walk("Gru", [entry, added], [h], (before, now) =>
        {
            Tensor[] x = Ops.Split(now[0], 3, axis: 1), p = Ops.Split(Ops.MatMul(before[0], kernel) + bias + now[1], 3, axis: 1);
            return [Mixed(Ops.Sigmoid(x[0] + p[0]), before[0], Ops.Tanh(x[2] + (Ops.Sigmoid(x[1] + p[1]) * p[2])))];
        });
        return Differentiate(tape, values, [entry, h, added], [ofOutputs]);
    }

    /// <summary>The results of <see cref="GruGradientOp"/> with the reset gate before the product.</summary>
    internal static Tensor[] GruResetFirst(Tensor entry, Tensor h, Tensor kernel, Tensor ofOutputs)
    {
        using var tape = new GradientTape();
        foreach (var x in (Tensor[])[entry, h]) tape.Watch(x);
        var kernels = Ops.Split(kernel, 3, axis: 1);
        var values = Walk("Gru", [entry], [h, h], (before, now) =>
        {
            var x = Ops.Split(now[0], 3, axis: 1);
            var reset = Ops.Sigmoid(x[1] + Ops.MatMul(before[0], kernels[1])) * before[0];
            return [Mixed(Ops.Sigmoid(x[0] + Ops.MatMul(before[0], kernels[0])), before[0], Ops.Tanh(x[2] + Ops.MatMul(reset, kernels[2]))), reset];
        });
        return [.. Differentiate(tape, [values[0]], [entry, h], [ofOutputs]), values[1]];
    }

    static Tensor Mixed(Tensor update, Tensor h, Tensor value) => (update * h) + ((1 - update) * value);

    static Tensor[] Differentiate(GradientTape tape, Tensor[] values, Tensor[] sources, Tensor[] upstream) => [.. tape.Gradients(values, sources, upstream, UnconnectedGradients.Zero).Select(gradient => gradient!)];

    // All values of the states, [step, batch, …].
    static Tensor[] Walk(string subject, Tensor[] entries, Tensor[] start, Func<Tensor[], Tensor[], Tensor[]> step)
    {
        var count = entries[0].Shape[0];
        if (count < 0) throw new TapestryException(subject, "second derivatives need the number of steps while tracing", $"an entry {entries[0].Spec}", "a known first dimension", "Give the function an InputSignature with a known number of steps.");
        Tensor[][] parts = [.. entries.Select(entry => Ops.Unstack(entry))];
        var values = start.Select(_ => new List<Tensor>()).ToArray();
        for (var i = 0; i < count; i++)
        {
            start = step(start, [.. parts.Select(part => part[i])]);
            for (var j = 0; j < start.Length; j++) values[j].Add(start[j]);
        }

        return [.. values.Select(list => Ops.Stack(list))];
    }
}
