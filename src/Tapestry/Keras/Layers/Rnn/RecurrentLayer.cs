namespace Tapestry.Keras.Layers;

/// <summary>
/// A cell run along the second dimension of (batch, time, features). Steps that a mask leaves out repeat the output before them and keep the states.
/// The argument <c>initial_state</c> gives the states to start with; zeros by default.
/// </summary>
/// <remarks>
/// What depends on the input alone is computed for all steps at once. Without masks and recurrent dropout, cells with their default functions run in one kernel;
/// <c>unroll: true</c> computes step by step. Else, in a traced function, up to 256 steps are unrolled, more or an unknown number become a loop.
/// Source: <c>keras.layers.RNN</c>.
/// </remarks>
public abstract class RecurrentLayer : Layer
{
    // Longer sequences become a loop when they are traced, so that graphs stay small.
    const int LongestUnrolled = 256;

    readonly RecurrentCell cell;
    readonly RecurrentState state = new();

    private protected RecurrentLayer(RecurrentCell cell, bool returnSequences, bool returnState, bool goBackwards, bool stateful, bool unroll, bool zeroOutputForMask, string? name)
        : base(name)
    {
        this.cell = cell;
        ReturnSequences = returnSequences;
        ReturnState = returnState;
        GoBackwards = goBackwards;
        Stateful = stateful;
        Unroll = unroll;
        ZeroOutputForMask = zeroOutputForMask;
        InputSpec = new InputSpec(ndim: 3);
    }

    /// <summary>Whether the outputs of all steps are given instead of the last.</summary>
    public bool ReturnSequences { get; }

    /// <summary>Whether the last states are given behind the output.</summary>
    public bool ReturnState { get; }

    /// <summary>Whether the sequence is walked from its end; outputs come in the order in which they are computed.</summary>
    public bool GoBackwards { get; }

    /// <summary>Whether each batch starts with the states in which the last one ended.</summary>
    public bool Stateful { get; }

    /// <summary>Whether a known number of steps is unrolled however large it is.</summary>
    public bool Unroll { get; }

    /// <summary>Whether steps that a mask leaves out give zeros instead of the output before them.</summary>
    public bool ZeroOutputForMask { get; }

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object?> GetConfig()
    {
        // Keras writes this one even when there is none.
        var config = new Dictionary<string, object?>(base.GetConfig());
        config.TryAdd("activity_regularizer", null);
        return config;
    }

    /// <summary>Sets the states that a stateful layer keeps to zero, or to given values. Source: <c>reset_state</c>.</summary>
    /// <param name="states">The states, as <see cref="ReturnState"/> gives them; null for zeros.</param>
    /// <exception cref="TapestryException">The layer is not stateful.</exception>
    public void ResetState(IReadOnlyList<Tensor>? states = null)
    {
        if (!Stateful) throw new TapestryException(Name, "the layer keeps no states", expected: "a layer made with stateful: true");
        state.Reset(Name, states);
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        cell.WeightDType = DType;
        cell.EnsureBuilt(Ops.Zeros([1, inputShape[2]]));
    }

    /// <inheritdoc/>
    protected override Nest Call(Nest inputs, CallContext context)
    {
        var x = inputs.Single();
        var mask = context.Mask;
        if (GoBackwards) (x, mask) = (Ops.Flip(x, 1), mask is null ? null : Ops.Flip(mask, 1));
        var projected = cell.Project(Ops.Transpose(cell.DropInputs(x, context.Training, Pattern(x)), [1, 0, 2]));
        var steps = mask is null ? null : Ops.ExpandDims(Ops.Transpose(mask, [1, 0]), -1);
        if (x.Shape[1] == 0) throw new TapestryException(Name, "the sequence is empty", x.Spec.ToString(), "at least one step");
        var initial = Initial(x, projected, context);
        var factors = cell.RecurrentFactors(initial[0], context.Training);
        var fused = Unroll || steps is not null || factors is not null || initial.Any(value => value.DType != projected.DType) ? null : cell.AllSteps(projected, initial);
        var (last, all, states) = fused is { } made ? (made.States[0], made.Outputs, made.States) : x.Shape[1] > 0 && (Unroll || x.Shape[1] <= LongestUnrolled || !x.IsSymbolic) ? Unrolled(projected, steps, initial, factors) : Looped(projected, steps, initial, factors);
        if (Stateful) state.Write(states);
        var output = ReturnSequences ? Ops.Transpose(all, [1, 0, 2]) : last;
        return ReturnState ? Nest.List([output, .. states.Select(value => (Nest)value)]) : Nest.Of(output);
    }

    /// <inheritdoc/>
    protected override Tensor? ComputeMask(Tensor x, Tensor? mask) => ReturnSequences ? mask : null;

    /// <inheritdoc/>
    protected override Nest? ComputeMask(Nest inputs, Nest? masks)
    {
        var mask = ReturnSequences ? masks?.FlattenLeaves().FirstOrDefault() as Tensor : null;
        if (mask is null) return null;
        return ReturnState ? Nest.List([mask, .. cell.StateSizes.Select(_ => Nest.Of(null))]) : Nest.Of(mask);
    }

    // The same elements are dropped at all steps.
    static Shape Pattern(Tensor x) => new(x.Shape[0], 1, x.Shape[2]);

    Tensor[] Initial(Tensor x, Tensor projected, CallContext context)
    {
        var kept = Stateful ? state.Read(Name, x.Shape[0], cell.StateSizes, DType) : null;
        if (context["initial_state"] is { } given && given.FlattenLeaves().Any(leaf => leaf is not null)) return cell.States(given, Name);
        if (kept is not null) return kept;
        return cell.Zeros(projected[0]);
    }

    (Tensor Last, Tensor All, Tensor[] States) Unrolled(Tensor projected, Tensor? mask, Tensor[] states, Tensor? factors)
    {
        var entries = Ops.Unstack(projected);
        var masks = mask is null ? null : Ops.Unstack(mask);
        var outputs = new List<Tensor>();
        for (var i = 0; i < entries.Length; i++)
        {
            var (output, next) = Next(entries[i], masks?[i], outputs.Count == 0 ? null : outputs[^1], states, factors);
            outputs.Add(output);
            states = next;
        }

        return (outputs[^1], ReturnSequences ? Ops.Stack(outputs) : outputs[^1], states);
    }

    (Tensor Last, Tensor All, Tensor[] States) Looped(Tensor projected, Tensor? mask, Tensor[] states, Tensor? factors)
    {
        var elements = mask is null ? Nest.List([projected]) : Nest.List([projected, mask]);
        var start = Nest.List([Ops.ZerosLike(states[0]), .. states.Select(value => (Nest)value)]);
        var values = Ops.Scan(
            (so, entry) =>
            {
                var (output, next) = Next(entry[0].Single(), mask is null ? null : entry[1].Single(), so[0].Single(), [.. so.Skip(1).Select(value => value.Single())], factors);
                return Nest.List([output, .. next.Select(value => (Nest)value)]);
            },
            elements,
            start).Flatten();
        return (values[0][^1], values[0], [.. values.Skip(1).Select(value => value[^1])]);
    }

    (Tensor Output, Tensor[] States) Next(Tensor entry, Tensor? mask, Tensor? before, Tensor[] states, Tensor? factors)
    {
        var next = cell.Step(entry, states, factors);
        if (mask is null) return (next[0], next);
        var output = Ops.Where(mask, next[0], before is null || ZeroOutputForMask ? Ops.ZerosLike(next[0]) : before);
        return (output, [.. next.Select((value, i) => Ops.Where(mask, value, states[i]))]);
    }
}
