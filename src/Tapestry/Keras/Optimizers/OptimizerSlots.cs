namespace Tapestry.Keras.Optimizers;

/// <summary>What an optimizer remembers for one variable.</summary>
sealed class OptimizerSlot(Variable variable, bool decays)
{
    Variable[] state = [];

    /// <summary>The variable.</summary>
    internal Variable Variable => variable;

    /// <summary>Whether weight decay applies.</summary>
    internal bool Decays => decays;

    /// <summary>The state in the order of its declaration.</summary>
    internal ReadOnlySpan<Variable> State => state;

    /// <summary>The moving average of the variable, if one is kept.</summary>
    internal Variable? Average { get; set; }

    /// <summary>The sum of gradients that wait for their step, if they are gathered.</summary>
    internal Variable? Accumulator { get; set; }

    /// <summary>Adds state behind what there is.</summary>
    internal void Add(Variable added) => state = [.. state, added];
}

/// <summary>The state of an optimizer for all its variables.</summary>
sealed class OptimizerSlots
{
    readonly Dictionary<Variable, OptimizerSlot> slots = new(ReferenceEqualityComparer.Instance);
    readonly List<OptimizerSlot> ordered = [];
    readonly List<Variable> created = [];
    string owner = "";

    /// <summary>True once the variables are known.</summary>
    internal bool IsBuilt { get; private set; }

    /// <summary>The slots in the order of the variables.</summary>
    internal IReadOnlyList<OptimizerSlot> All => ordered;

    /// <summary>The variables that are trained.</summary>
    internal IReadOnlyList<Variable> Trained => [.. ordered.Select(slot => slot.Variable)];

    /// <summary>The state in the order of its creation.</summary>
    internal IReadOnlyList<Variable> Variables => created;

    /// <summary>Makes an empty slot for each variable.</summary>
    internal void Build(IReadOnlyList<Variable> variables, string name, Func<Variable, bool> decays)
    {
        owner = name;
        IsBuilt = true;
        foreach (var variable in variables)
        {
            var slot = new OptimizerSlot(variable, decays(variable));
            slots.Add(variable, slot);
            ordered.Add(slot);
        }
    }

    /// <summary>Forgets everything.</summary>
    internal void Clear()
    {
        slots.Clear();
        ordered.Clear();
        created.Clear();
        IsBuilt = false;
    }

    /// <summary>The slot of a variable, or null; the guess is where it stands in the list that came last.</summary>
    internal OptimizerSlot? Of(Variable variable, int guess) =>
        guess < ordered.Count && ReferenceEquals(ordered[guess].Variable, variable) ? ordered[guess] : slots.GetValueOrDefault(variable);

    /// <summary>Adds a moving average to each slot.</summary>
    internal void AddAverages()
    {
        foreach (var slot in ordered) slot.Average = Create(slot.Variable, "average", null);
    }

    /// <summary>Adds a sum of gradients to each slot.</summary>
    internal void AddAccumulators()
    {
        foreach (var slot in ordered) slot.Accumulator = Create(slot.Variable, "gradient_accumulator", null);
    }

    /// <summary>Adds state to each slot.</summary>
    internal void AddState(IReadOnlyList<string> names, Func<Variable, string, Tensor?> initialValue)
    {
        foreach (var slot in ordered)
        {
            foreach (var name in names) slot.Add(Create(slot.Variable, name, initialValue(slot.Variable, name)));
        }
    }

    Variable Create(Variable reference, string name, Tensor? initialValue)
    {
        var full = $"{reference.Path.Replace('/', '_')}_{name}";
        var variable = new Variable(initialValue ?? TensorFactory.Full(reference.DType, reference.Shape, 0), trainable: false, name: full) { Path = $"{owner}/{full}" };
        created.Add(variable);
        return variable;
    }
}
