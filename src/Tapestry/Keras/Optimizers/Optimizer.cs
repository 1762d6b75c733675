using System.Text.RegularExpressions;
using Tapestry.Keras.Configuration;
using Tapestry.Keras.Optimizers;
using Tapestry.Keras.Optimizers.Updates;

namespace Tapestry.Keras;

/// <summary>
/// Changes variables along their gradients. A string stands for an optimizer with its defaults: <c>"adam"</c>.
/// </summary>
/// <remarks>
/// <para>
/// Each call of <see cref="Apply"/> does, in this order: drop variables without a gradient; divide by <see cref="LossScaleFactor"/>; gather
/// gradients (<see cref="GradientAccumulationSteps"/>); clip; decay the weights; <see cref="Update"/> each variable; average
/// (<see cref="UseEma"/>); apply the constraints of the variables; count the step. It works at once and inside a <see cref="Function"/> alike.
/// </para>
/// <para>
/// To add an optimizer, derive from this class, name what it remembers per variable in <see cref="CreateState"/>, and write one step in
/// <see cref="Update"/> with public operations. The constructor's parameters, shown by properties of the same names, are its configuration;
/// it is found by its class name without regard to capitals. Source: <c>keras.optimizers.Optimizer</c>.
/// </para>
/// </remarks>
public abstract class Optimizer : IConfigurable
{
    readonly LearningRateSchedule schedule;
    readonly Variable? rate;
    readonly Variable iterations = new(Ops.Constant(0L), trainable: false, name: "iteration");
    readonly List<Variable> extras = [];
    readonly OptimizerSlots slots = new();
    readonly GradientClipping clipping = new();
    readonly HashSet<Variable> spared = [];
    readonly List<string> sparedNames = [];
    string? name;
    double? lossScaleFactor;

    /// <summary>Creates the optimizer.</summary>
    /// <param name="learningRate">A number, or a schedule.</param>
    protected Optimizer(LearningRateSchedule learningRate)
    {
        ArgumentNullException.ThrowIfNull(learningRate);
        schedule = learningRate;
        if (learningRate is ConstantRate constant) rate = new Variable(Ops.Constant((float)constant.Value), trainable: false, name: "learning_rate");
    }

    /// <summary>The name; by default that of the class in snake_case, numbered.</summary>
    public string Name { get => name ??= ObjectNames.Unique(GetType()); init => name = value; }

    /// <summary>The share of a weight that is taken away at each step, times the learning rate, whatever the gradient; null for none.</summary>
    public double? WeightDecay { get; init; }

    /// <summary>The greatest norm that a gradient may have; longer ones are shortened one by one. Null or 0 for no limit.</summary>
    public double? Clipnorm { get => clipping.Norm; init => clipping.Norm = value; }

    /// <summary>The greatest magnitude that an element of a gradient may have. Null or 0 for no limit.</summary>
    public double? Clipvalue { get => clipping.Value; init => clipping.Value = value; }

    /// <summary>The greatest norm that all gradients together may have; longer ones are shortened alike. Null or 0 for no limit.</summary>
    public double? GlobalClipnorm { get => clipping.GlobalNorm; init => clipping.GlobalNorm = value; }

    /// <summary>Whether a moving average of each variable is kept.</summary>
    public bool UseEma { get; init; }

    /// <summary>How much of the average stays at each step, in [0, 1].</summary>
    public double EmaMomentum
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw Refused("EmaMomentum", "outside its range", $"{value}", "a number in [0, 1]", "0.99 keeps about the last hundred steps; 0 averages nothing.");
    } = 0.99;

    /// <summary>After every so many steps the variables take the values of their averages; null for only at the end of training.</summary>
    public int? EmaOverwriteFrequency
    {
        get;
        init => field = value is null or >= 1 ? value : throw Refused("EmaOverwriteFrequency", "outside its range", $"{value}", "null, or a number of steps above 0", "Leave it null to take the averages at the end of training only.");
    }

    /// <summary>The factor that the loss is multiplied and the gradients are divided by, for narrow dtypes; null for none.</summary>
    public double? LossScaleFactor { get => lossScaleFactor; init => lossScaleFactor = value; }

    /// <summary>The number of calls whose gradients are averaged before the variables change; null for each call on its own.</summary>
    public int? GradientAccumulationSteps
    {
        get;
        init => field = value is null or >= 2 ? value : throw Refused("GradientAccumulationSteps", "outside its range", $"{value}", "null, or a number of calls of at least 2", "Leave it null to change the variables at each call.");
    }

    /// <summary>The learning rate of the next step. It may be assigned unless it follows a schedule.</summary>
    /// <exception cref="TapestryException">The rate follows a schedule.</exception>
    public virtual double LearningRate
    {
        get => rate is null ? schedule.Rate(iterations.Value.Item<long>()) : rate.Value.Item<double>();
        set => (rate ?? throw Refused("LearningRate", "the rate follows a schedule", $"{value}", "an optimizer that was created with a number", "Give the optimizer another schedule when it is created.")).Assign(Ops.Constant((float)value));
    }

    /// <summary>How often the variables have changed.</summary>
    public virtual long Iterations => iterations.Value.Item<long>() / (GradientAccumulationSteps ?? 1);

    /// <summary>Everything that the optimizer remembers: the number of the step, the learning rate, and its state for each variable.</summary>
    public virtual IReadOnlyList<Variable> Variables => [iterations, .. rate is null ? Array.Empty<Variable>() : [rate], .. slots.Variables, .. extras];

    /// <summary>True once there is state for variables.</summary>
    internal bool IsBuilt => slots.IsBuilt;

    /// <summary>What stands before the name in the paths of the state: the optimizer around this one, with a slash.</summary>
    internal string Scope { get; set; } = "";

    /// <summary>The number of the step as a tensor, counted from 0: for <see cref="Update"/>.</summary>
    protected Tensor Iteration => GradientAccumulationSteps is { } steps ? Ops.FloorDiv(iterations.Read(observed: false), Ops.Constant((long)steps)) : iterations.Read(observed: false);

    /// <summary>The optimizer of a name, with its defaults.</summary>
    /// <exception cref="TapestryException">No optimizer has this name, or it needs arguments.</exception>
    public static implicit operator Optimizer(string name) => ObjectRegistry.Create<Optimizer>(name, ignoreCase: true);

    /// <summary>Changes variables along their gradients.</summary>
    /// <param name="gradients">One gradient per variable, as <see cref="GradientTape"/> gives them; null leaves the variable alone.</param>
    /// <param name="variables">The variables; those that the optimizer was built for by default.</param>
    /// <exception cref="TapestryException">There is no gradient at all, their number differs, or a variable is not one that the optimizer was built for.</exception>
    public virtual void Apply(IReadOnlyList<Tensor?> gradients, IReadOnlyList<Variable>? variables = null)
    {
        variables ??= slots.Trained;
        if (gradients.Count != variables.Count) throw Refused("Apply", "the numbers of gradients and variables differ", $"{gradients.Count} gradients, {variables.Count} variables", "one gradient, or null, per variable", "Pass the variables that the gradients were taken for.");
        Build(variables);
        var (present, chosen) = Present(gradients, variables);
        if (LossScaleFactor is { } factor)
        {
            for (var i = 0; i < present.Length; i++) present[i] = IndexedSlices.Map(present[i], gradient => gradient / factor);
        }

        if (GradientAccumulationSteps is { } steps) Accumulate(present, chosen, steps);
        else Step(present, chosen);
        if (UseEma) Average();
        foreach (var slot in chosen)
        {
            if (slot.Variable.Constraint is { } constraint) slot.Variable.Assign(constraint(slot.Variable.Read(observed: false)));
        }

        iterations.Assign(Ops.Add(iterations.Read(observed: false), 1));
    }

    /// <summary>Creates the state for variables, which <see cref="Apply"/> otherwise does at its first call.</summary>
    /// <param name="variables">All variables that will be trained.</param>
    public virtual void Build(IReadOnlyList<Variable> variables)
    {
        if (slots.IsBuilt) return;
        var former = extras.Count;
        try
        {
            slots.Build(variables, Scope + Name, variable => !spared.Contains(variable) && !sparedNames.Any(pattern => Regex.IsMatch(variable.Name, pattern)));
            foreach (var own in (Variable?[])[iterations, rate]) own?.Path = $"{Name}/{own.Name}";
            if (UseEma) slots.AddAverages();
            if (GradientAccumulationSteps is not null) slots.AddAccumulators();
            CreateState();
        }
        catch
        {
            // Half a state, for want of memory, would be taken for a whole one at the next attempt.
            slots.Clear();
            extras.RemoveRange(former, extras.Count - former);
            throw;
        }
    }

    /// <summary>Spares variables from <see cref="WeightDecay"/>.</summary>
    /// <param name="variables">The variables, or null.</param>
    /// <param name="names">Regular expressions that are looked for in the names of variables, or null.</param>
    /// <exception cref="TapestryException">The optimizer is built already.</exception>
    public void ExcludeFromWeightDecay(IReadOnlyList<Variable>? variables = null, IReadOnlyList<string>? names = null)
    {
        if (slots.IsBuilt) throw Refused("ExcludeFromWeightDecay", "the optimizer is built already", "a call after the optimizer was built", "a call before the first step", "Call it right after the optimizer is created.");
        spared.UnionWith(variables ?? []);
        sparedNames.AddRange(names ?? []);
    }

    /// <summary>The loss to take gradients of: multiplied by <see cref="LossScaleFactor"/> if there is one.</summary>
    public virtual Tensor ScaleLoss(Tensor loss) => LossScaleFactor is { } factor ? loss * factor : loss;

    /// <summary>Gives the variables the values of their moving averages; called at the end of training.</summary>
    public virtual void FinalizeVariableValues()
    {
        if (!UseEma || !slots.IsBuilt) return;
        foreach (var slot in slots.All) slot.Variable.Assign(slot.Average!.Value);
    }

    /// <summary>The arguments, in the form and under the names that Keras writes.</summary>
    public virtual IReadOnlyDictionary<string, object?> GetConfig()
    {
        var config = ObjectConfig.Of(this);
        config["name"] = Name;
        config["learning_rate"] = rate is null ? ((IConfigurable)schedule).Serialize() : LearningRate;
        config["weight_decay"] = WeightDecay;
        config["clipnorm"] = Clipnorm;
        config["global_clipnorm"] = GlobalClipnorm;
        config["clipvalue"] = Clipvalue;
        config["use_ema"] = UseEma;
        config["ema_momentum"] = EmaMomentum;
        config["ema_overwrite_frequency"] = (long?)EmaOverwriteFrequency;
        config["loss_scale_factor"] = LossScaleFactor;
        config["gradient_accumulation_steps"] = (long?)GradientAccumulationSteps;
        return config;
    }

    IReadOnlyDictionary<string, object?> IConfigurable.Serialize() => ObjectConfig.Serialize(this, GetConfig(), "keras.optimizers");

    /// <summary>Names what is remembered per variable, by calls of <see cref="AddState(string[])"/>; nothing by default.</summary>
    protected virtual void CreateState()
    {
    }

    /// <summary>Adds state of the shape of each variable, zeros at first.</summary>
    /// <param name="names">The names, in the order in which <see cref="Update"/> gets them.</param>
    protected void AddState(params string[] names) => AddState(names, static (_, _) => null);

    /// <summary>Adds state for each variable.</summary>
    /// <param name="names">The names, in the order in which <see cref="Update"/> gets them.</param>
    /// <param name="initialValue">The first value for a variable and a name; null for zeros of the variable's shape.</param>
    protected void AddState(IReadOnlyList<string> names, Func<Variable, string, Tensor?> initialValue) => slots.AddState(names, initialValue);

    /// <summary>Adds state that belongs to no variable.</summary>
    /// <param name="name">A name.</param>
    /// <param name="initialValue">The first value.</param>
    protected Variable AddVariable(string name, Tensor initialValue)
    {
        var variable = new Variable(initialValue, trainable: false, name: name) { Path = $"{Scope}{Name}/{name}" };
        extras.Add(variable);
        return variable;
    }

    /// <summary>Called once before the variables of a step are updated: for what is common to them.</summary>
    /// <param name="learningRate">The learning rate, a float32 scalar.</param>
    protected virtual void BeginStep(Tensor learningRate)
    {
    }

    /// <summary>Updates one variable and its state, by assigning to them.</summary>
    /// <param name="variable">The variable.</param>
    /// <param name="gradient">Its gradient, clipped. That of a table from which rows were gathered is a list of rows (<see cref="IndexedSlices.Of"/>), and becomes whole when it is read.</param>
    /// <param name="state">Its state, in the order of <see cref="CreateState"/>.</param>
    /// <param name="learningRate">The learning rate, a scalar of the variable's dtype.</param>
    protected abstract void Update(Variable variable, Tensor gradient, ReadOnlySpan<Variable> state, Tensor learningRate);

    /// <summary>Updates one variable by a single operation that computes it and its state; a gradient that consists of rows is never made whole.</summary>
    private protected static void Fused(UpdateOp update, Variable variable, Tensor gradient, ReadOnlySpan<Variable> state, params ReadOnlySpan<Tensor> scalars)
    {
        var rows = IndexedSlices.WithoutDerivatives(gradient);
        var firstState = rows is null ? 2 : 3;
        var inputs = new Tensor[firstState + state.Length + scalars.Length];
        inputs[0] = variable.Read(observed: false);
        inputs[1] = rows?.Values ?? gradient;
        if (rows is not null) inputs[2] = rows.Indices;
        for (var i = 0; i < state.Length; i++) inputs[firstState + i] = state[i].Read(observed: false);
        scalars.CopyTo(inputs.AsSpan(firstState + state.Length));
        var outputs = (rows is null ? update : update.ForRows).ApplyAll(inputs);
        variable.Assign(outputs[0]);
        for (var i = 0; i < state.Length; i++) state[i].Assign(outputs[1 + i]);
    }

    /// <summary>Leaves the scaling of the loss to an optimizer around this one.</summary>
    internal void ClearLossScaleFactor() => lossScaleFactor = null;

    /// <summary>An error about an argument of the optimizer.</summary>
    private protected TapestryException Refused(string member, string fault, string? received = null, string? expected = null, string? remedy = null) =>
        new($"{ObjectNames.Of(GetType())}.{member}", fault, received, expected, remedy);

    (Tensor[] Gradients, OptimizerSlot[] Slots) Present(IReadOnlyList<Tensor?> gradients, IReadOnlyList<Variable> variables)
    {
        var count = gradients.Count(gradient => gradient is not null);
        if (count == 0) throw Refused("Apply", "no gradients for any variable", string.Join(", ", variables.Select(variable => variable.Path)), "at least one gradient", "Compute the loss from the variables while the tape records.");
        if (count < gradients.Count) Warning.Once($"Gradients do not exist for variables [{string.Join(", ", variables.Where((_, i) => gradients[i] is null).Select(variable => variable.Path))}] when minimizing the loss. If it is meant so, leave them out.");
        var (present, chosen) = (new Tensor[count], new OptimizerSlot[count]);
        for (int i = 0, next = 0; i < gradients.Count; i++)
        {
            if (gradients[i] is not { } gradient) continue;
            chosen[next] = slots.Of(variables[i], i) ?? throw Refused("Apply", "unknown variable", variables[i].Path, "the variables that the optimizer was built for", "Create an optimizer for each set of variables, or call Build with all of them first.");
            present[next++] = gradient;
        }

        return (present, chosen);
    }

    void Step(Tensor[] gradients, OptimizerSlot[] chosen)
    {
        clipping.Apply(gradients);
        var learningRate = rate?.Read(observed: false) ?? schedule.Apply(iterations.Read(observed: false));
        if (WeightDecay is { } decay)
        {
            var share = learningRate * decay;
            foreach (var slot in chosen)
            {
                if (!slot.Decays) continue;
                var value = slot.Variable.Read(observed: false);
                slot.Variable.Assign(value - value * Ops.Cast(share, value.DType));
            }
        }

        BeginStep(learningRate);
        for (var i = 0; i < chosen.Length; i++) Update(chosen[i].Variable, gradients[i], chosen[i].State, Ops.Cast(learningRate, chosen[i].Variable.DType));
    }

    void Accumulate(Tensor[] gradients, OptimizerSlot[] chosen, int steps)
    {
        var count = Ops.Add(iterations.Read(observed: false), 1);
        var isLast = Ops.Equal(Ops.FloorMod(count, Ops.Constant((long)steps)), Ops.Constant(0L));
        var sums = new Tensor[gradients.Length];
        for (var i = 0; i < sums.Length; i++) sums[i] = IndexedSlices.Sum(chosen[i].Accumulator!.Read(observed: false), gradients[i]);
        ConditionalUpdate.Run(isLast, [.. chosen.Select(slot => slot.Variable), .. slots.Variables, .. extras], () =>
        {
            var means = new Tensor[sums.Length];
            for (var i = 0; i < sums.Length; i++) means[i] = sums[i] / steps;
            Step(means, chosen);
        });
        for (var i = 0; i < sums.Length; i++) chosen[i].Accumulator!.Assign(ConditionalUpdate.Choose(isLast, () => Ops.ZerosLike(sums[i]), () => sums[i]));
    }

    void Average()
    {
        var iteration = Iteration;
        var momentum = Ops.Cast(Ops.NotEqual(iteration, Ops.Constant(0L)), DType.Float32) * EmaMomentum;
        foreach (var slot in slots.All)
        {
            var value = slot.Variable.Read(observed: false);
            var kept = Ops.Cast(momentum, value.DType);
            slot.Average!.Assign(kept * slot.Average.Read(observed: false) + (1 - kept) * value);
        }

        if (EmaOverwriteFrequency is not { } frequency) return;
        var due = Ops.Equal(Ops.FloorMod(Ops.Add(iteration, 1), Ops.Constant((long)frequency)), Ops.Constant(0L));
        foreach (var slot in slots.All) slot.Variable.Assign(ConditionalUpdate.Choose(due, () => slot.Average!.Read(observed: false), () => slot.Variable.Read(observed: false)));
    }
}
