namespace Tapestry;

/// <summary>The recording half of a tape: sees operations, keeps those that depend on something watched.</summary>
sealed class TapeObserver(bool watchAccessedVariables) : IOpObserver
{
    readonly List<TapeRecord> records = [];
    readonly HashSet<long> tracked = [];
    readonly Dictionary<Variable, List<long>> readings = [];
    readonly HashSet<Variable> watched = [];
    Scopes? recording;

    /// <summary>True between start and stop.</summary>
    internal bool IsRecording => recording is not null;

    /// <summary>The variables that were watched, oldest first.</summary>
    internal IReadOnlyList<Variable> WatchedVariables => [.. readings.Keys.Union(watched).OrderBy(variable => variable.Order)];

    public void Applied(Op op, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        foreach (var input in inputs)
        {
            if (input.RecordId == 0 || !tracked.Contains(input.RecordId)) continue;
            records.Add(new TapeRecord(op, inputs, outputs));
            foreach (var output in outputs) tracked.Add(TensorIdentity.Of(output));
            return;
        }
    }

    public void Read(Variable variable, Tensor value)
    {
        if (!(watchAccessedVariables && variable.Trainable) && !watched.Contains(variable)) return;
        var id = TensorIdentity.Of(value);
        tracked.Add(id);
        if (readings.TryGetValue(variable, out var ids)) ids.Add(id);
        else readings.Add(variable, [id]);
    }

    internal void Start()
    {
        recording = Scopes.Current;
        recording.Add(this);
    }

    internal void Stop()
    {
        recording?.Remove(this);
        recording = null;
    }

    internal void Clear()
    {
        records.Clear();
        tracked.Clear();
        if (recording is null) return;
        readings.Clear();
        watched.Clear();
    }

    internal void Watch(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        TensorIdentity.RequireOwn("GradientTape.Watch", tensor);
        if (tensor.DType.IsDifferentiable) tracked.Add(TensorIdentity.Of(tensor));
    }

    internal void Watch(Variable variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        watched.Add(variable);
    }

    internal Tensor?[] Gradients(IReadOnlyList<object?> targets, IReadOnlyList<object?> sources, IReadOnlyList<object?>? outputGradients, UnconnectedGradients unconnectedGradients)
    {
        if (unconnectedGradients is not (UnconnectedGradients.None or UnconnectedGradients.Zero)) throw new TapestryException("GradientTape.Gradient", "unknown value for unconnectedGradients", unconnectedGradients.ToString(), "None or Zero");
        if (outputGradients is not null && outputGradients.Count != targets.Count) throw new TapestryException("GradientTape.Gradient", "not one output gradient per target", $"{outputGradients.Count} for {targets.Count} targets");
        var starts = new List<(long, Tensor)>();
        for (var i = 0; i < targets.Count; i++)
        {
            var given = outputGradients is null ? null : outputGradients[i] as Tensor ?? throw new TapestryException("GradientTape.Gradient", "an output gradient is null", expected: "a tensor of the shape of its target");
            foreach (var (id, like) in TargetIds(targets[i])) starts.Add((id, OutputGradient(like, given)));
        }

        var ids = sources.Select(SourceIds).ToArray();
        var wanted = new HashSet<long>();
        foreach (var list in ids)
        {
            for (var i = 0; i < list.Count; i++) wanted.Add(list[i]);
        }

        var gradients = Backward.Walk(records, starts, wanted);
        var results = new Tensor?[sources.Count];
        for (var i = 0; i < results.Length; i++)
        {
            List<Tensor>? several = null;
            foreach (var id in ids[i])
            {
                if (!gradients.TryGetValue(id, out var gradient)) continue;
                if (results[i] is not { } first) results[i] = gradient;
                else (several ??= [first]).Add(gradient);
            }

            if (several is not null) results[i] = IndexedSlices.Sum(several);

            if (results[i] is null && unconnectedGradients == UnconnectedGradients.Zero) results[i] = Ops.ZerosLike(sources[i] is Variable variable ? variable.Value : (Tensor)sources[i]!);
        }

        return results;
    }

    static Tensor OutputGradient(Tensor target, Tensor? given)
    {
        if (given is null) return Ops.OnesLike(target);
        if (given.Weakness != ScalarKind.None) given = Ops.Cast(given, target.DType);
        if (given.Shape.IsCompatibleWith(target.Shape) && given.DType == target.DType) return given;
        throw new TapestryException("GradientTape.Gradient", "an output gradient does not fit its target", given.Spec.ToString(), target.Spec.ToString());
    }

    // A variable as a target means each of its readings; never read, it stands for itself.
    IEnumerable<(long Id, Tensor Like)> TargetIds(object? target)
    {
        switch (target)
        {
            case Tensor tensor:
                if (tensor.DType.IsDifferentiable) yield return (TensorIdentity.Of(tensor), tensor);
                break;
            case Variable variable:
                foreach (var id in SourceIds(variable).Take(1)) yield return (id, variable.Storage);
                break;
            default:
                throw new TapestryException("GradientTape.Gradient", "the target is no tensor", target?.ToString() ?? "null", "a tensor that was computed while the tape recorded");
        }
    }

    IReadOnlyList<long> SourceIds(object? source) => source switch
    {
        Tensor tensor => [TensorIdentity.Of(tensor)],
        Variable variable when readings.TryGetValue(variable, out var ids) => ids,
        Variable variable => [TensorIdentity.Of(variable.Storage)],
        _ => throw new TapestryException("GradientTape.Gradient", "a source is neither tensor nor variable", source?.ToString() ?? "null", "watched tensors or variables"),
    };
}
