namespace Tapestry.Compiler;

/// <summary>
/// The steps of a plan that read what was made of variables in advance (<see cref="Op.Prepared"/>), in place of those that make it in every run. They take their turn from the second run in which
/// the variables have the same values: what changes between runs is never prepared for nothing. Variables keep what was made of them, for all plans.
/// </summary>
sealed class Preparations
{
    readonly Preparation[] preparations;
    readonly long[] versions;

    Preparations(PlanStep[] steps, Preparation[] preparations)
    {
        Steps = steps;
        this.preparations = preparations;
        versions = new long[preparations.Length];
    }

    /// <summary>All steps of the plan, in their other form where they have one.</summary>
    internal PlanStep[] Steps { get; }

    /// <summary>How many values are made in advance.</summary>
    internal int Count => preparations.Length;

    /// <summary>Their bytes, all together.</summary>
    internal long Bytes => preparations.Sum(preparation => (long)preparation.Place.Size * preparation.Place.DType.Size);

    /// <summary>The other forms of steps that read variables which their graph does not change; null when there are none.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="layout">Its values and steps.</param>
    internal static Preparations? Of(Graph graph, ArenaLayout layout)
    {
        var changed = graph.Updates.Select(update => update.Variable).ToHashSet();
        var constant = new Dictionary<Tensor, Variable>();
        for (var i = 0; i < graph.Variables.Count; i++)
        {
            var variable = Graph.ValueOf(graph.Variables[i]).Variable!;
            if (!changed.Contains(variable)) constant.Add(layout.Readings[i], variable);
        }

        PlanStep[]? steps = null;
        var preparations = new List<Preparation>();
        for (var i = 0; i < layout.Steps.Count; i++)
        {
            var step = layout.Steps[i];
            if (!Array.Exists(step.Inputs, constant.ContainsKey) || step.Op.Prepared(step.Inputs) is not { } form || !constant.TryGetValue(step.Inputs[form.Input], out var variable)) continue;
            var preparation = preparations.Find(other => other.Variable == variable && other.Op == form.Preparation);
            if (preparation is null) preparations.Add(preparation = new Preparation(variable, form.Preparation, new Tensor(form.Spec.DType, form.Spec.Shape, null, 0, null)));
            var inputs = step.Inputs.ToArray();
            inputs[form.Input] = preparation.Place;
            (steps ??= [.. layout.Steps])[i] = new PlanStep(form.Op, inputs, step.Outputs);
        }

        return steps is null ? null : new Preparations(steps, [.. preparations]);
    }

    /// <summary>Makes the steps ready to run if the variables have the values that they had at the last call.</summary>
    /// <returns>Whether they are.</returns>
    internal bool TryBind()
    {
        var isSame = true;
        for (var i = 0; i < preparations.Length; i++)
        {
            // 0 is the version of no value.
            var version = preparations[i].Variable.Version;
            isSame &= versions[i] == version;
            versions[i] = version;
        }

        if (!isSame) return false;
        foreach (var preparation in preparations) preparation.Place.Rebind(preparation.Variable.Prepared(preparation.Op));
        return true;
    }

    /// <summary>Lets go of what was made of the variables.</summary>
    internal void Unbind()
    {
        foreach (var preparation in preparations) preparation.Place.Rebind(null);
    }

    sealed record Preparation(Variable Variable, Op Op, Tensor Place);
}
