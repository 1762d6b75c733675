namespace Tapestry.Keras;

/// <summary>The weights that one layer created, and how they mix with the variables its fields hold.</summary>
sealed class LayerWeights(Layer layer)
{
    readonly List<Entry> entries = [];

    /// <summary>The penalties on the trainable weights of this layer.</summary>
    internal IEnumerable<Tensor> Penalties => from entry in entries where entry.Regularizer is not null && entry.Variable.Trainable select entry.Regularizer!.Apply(entry.Variable.Value);

    /// <summary>The names under which this layer created its weights.</summary>
    internal IEnumerable<Variable> Created => entries.Where(entry => entry.IsCreated).Select(entry => entry.Variable);

    /// <summary>Creates a weight.</summary>
    internal Variable Add(string name, Shape shape, Initializer? initializer, Regularizer? regularizer, Constraint? constraint, bool trainable, DType dtype)
    {
        if (layer.Built && layer.IsLockedOnceBuilt) throw new TapestryException(layer.Name, $"the weight '{name}' is created after the layer was built", remedy: "Create weights in the constructor or in Build.");
        if (!shape.IsFullyKnown) throw new TapestryException(layer.Name, $"the shape of the weight '{name}' has an unknown dimension", shape.ToString(), "known dimensions", "Give the Input a shape in which the dimensions that weights depend on are known.");
        Variable variable;
        // First values are computed at once, also while a function is traced or a model is put together.
        using (Scopes.Current.Enter(null))
        {
            initializer ??= dtype.IsFloating ? new GlorotUniform() : new Zeros();
            variable = new Variable(initializer.Apply(shape, dtype), trainable, name, dtype)
            {
                Path = $"{CallContext.PathTo(layer)}/{name}",
                Constraint = constraint is null ? null : constraint.Apply,
            };
        }

        entries.Add(new Entry(variable, regularizer, trainable, IsCreated: true));
        if (!layer.Trainable) variable.Trainable = false;
        return variable;
    }

    /// <summary>Creates weights; if that fails, for want of memory perhaps, there are none of them, and it can be tried again.</summary>
    internal void AllOrNone(Action build)
    {
        var former = entries.Count;
        try
        {
            build();
        }
        catch
        {
            entries.RemoveRange(former, entries.Count - former);
            throw;
        }
    }

    /// <summary>All weights of the layer and of those inside it, without the states of random numbers.</summary>
    internal List<Variable> All() => layer.VariablesBelow(withState: false);

    /// <summary>Sets the values of all weights.</summary>
    internal void Set(IReadOnlyList<Tensor> values)
    {
        var all = All();
        if (values.Count != all.Count)
        {
            throw new TapestryException(
                $"{layer.Name}.SetWeights",
                "the number of values differs from that of the weights",
                $"{values.Count} values",
                $"{all.Count} weights: {string.Join(", ", all.Select(weight => $"{weight.Path} {weight.Shape}"))}",
                layer.Built ? null : "Call the layer on data, or BuildFrom(shape), first.");
        }

        for (var i = 0; i < values.Count; i++)
        {
            if (values[i].Shape != all[i].Shape) throw new TapestryException($"{layer.Name}.SetWeights", $"the shape of value {i} differs from that of the weight {all[i].Path}", values[i].Shape.ToString(), all[i].Shape.ToString());
        }

        for (var i = 0; i < values.Count; i++) all[i].Assign(Ops.Cast(values[i], all[i].DType));
    }

    /// <summary>Freezes or thaws what was trainable from the beginning.</summary>
    internal void Freeze(bool frozen)
    {
        layer.Members();
        foreach (var entry in entries)
        {
            if (entry.WasTrainable) entry.Variable.Trainable = !frozen;
        }
    }

    /// <summary>Puts the own variables in their order: created ones and those in fields, the trainable ones first whether frozen by now or not.</summary>
    internal ModuleMembers Sort(in ModuleMembers found)
    {
        foreach (var variable in found.Variables)
        {
            if (!entries.Exists(entry => ReferenceEquals(entry.Variable, variable))) entries.Add(new Entry(variable, null, variable.Trainable, IsCreated: false));
        }

        // A variable that a field let go of is no longer a weight; one that the layer created always is.
        var members = new ModuleMembers();
        foreach (var pass in (ReadOnlySpan<bool>)[true, false])
        {
            foreach (var entry in entries)
            {
                if (entry.WasTrainable == pass && (entry.IsCreated || found.Variables.Contains(entry.Variable))) members.Variables.Add(entry.Variable);
            }
        }

        members.Modules.AddRange(found.Modules);
        return members;
    }

    sealed record Entry(Variable Variable, Regularizer? Regularizer, bool WasTrainable, bool IsCreated);
}
