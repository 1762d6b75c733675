namespace Tapestry;

/// <summary>The reverse walk: from the gradients of targets to those of sources, along the records of a tape.</summary>
static class Backward
{
    /// <summary>
    /// The gradients of the sum of the targets (weighted by their output gradients) with respect to tensors, given by identity.
    /// </summary>
    /// <param name="records">What happened, in order.</param>
    /// <param name="targets">The identity of each target, with the gradient that flows into it.</param>
    /// <param name="sources">The identities of the sources.</param>
    internal static Dictionary<long, Tensor> Walk(IReadOnlyList<TapeRecord> records, IEnumerable<(long Id, Tensor Gradient)> targets, IReadOnlySet<long> sources)
    {
        var reachable = Reachable(records, sources);
        var gradients = new GradientSums();
        foreach (var (id, gradient) in targets) gradients.Add(id, gradient);
        var kept = new Dictionary<long, Tensor>();
        for (var i = records.Count - 1; i >= 0; i--) Step(records[i], gradients, reachable, sources, kept);
        foreach (var source in sources)
        {
            if (gradients.Take(source, out var gradient)) kept[source] = gradient;
        }

        return kept;
    }

    static void Step(TapeRecord record, GradientSums gradients, HashSet<long> reachable, IReadOnlySet<long> sources, Dictionary<long, Tensor> kept)
    {
        var outputs = record.Outputs.Span;
        Tensor?[]? upstream = null;
        for (var i = 0; i < outputs.Length; i++)
        {
            var id = record.OutputIds[i];
            if (!gradients.Take(id, out var gradient)) continue;
            // The gradient of a source that is also an intermediate value is complete now, and flows on.
            if (sources.Contains(id)) kept[id] = gradient;
            if (!outputs[i].DType.IsDifferentiable) continue;
            upstream ??= new Tensor?[outputs.Length];
            upstream[i] = gradient;
        }

        if (upstream is null) return;
        var inputs = record.Inputs.Span;
        var needs = new bool[inputs.Length];
        var any = false;
        for (var i = 0; i < needs.Length; i++) any |= needs[i] = inputs[i].DType.IsDifferentiable && reachable.Contains(record.InputIds[i]);
        if (!any) return;
        var context = new GradientContext(record.Inputs, record.Outputs, upstream, needs);
        record.Op.Gradient(context);
        for (var i = 0; i < needs.Length; i++)
        {
            if (!needs[i] || context.Result(i) is not { } gradient) continue;
            if (!gradient.Shape.IsCompatibleWith(inputs[i].Shape) || gradient.DType != inputs[i].DType)
            {
                throw new TapestryException(record.Op.Name, $"its gradient rule gave a wrong gradient for input {i}", gradient.Spec.ToString(), inputs[i].Spec.ToString(), "Mend the Gradient method of the operation.");
            }

            gradients.Add(record.InputIds[i], gradient);
        }
    }

    static HashSet<long> Reachable(IReadOnlyList<TapeRecord> records, IReadOnlySet<long> sources)
    {
        var reachable = new HashSet<long>(sources);
        foreach (var record in records)
        {
            foreach (var id in record.InputIds)
            {
                if (!reachable.Contains(id)) continue;
                foreach (var output in record.OutputIds) reachable.Add(output);
                break;
            }
        }

        return reachable;
    }
}
