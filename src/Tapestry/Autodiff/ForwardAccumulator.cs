namespace Tapestry;

/// <summary>
/// Forward-mode differentiation: carries directional derivatives (Jacobian-vector products) along with the values, while it is open.
/// </summary>
/// <remarks>
/// Each operation's derivative is the transpose of its gradient rule's transpose, so every operation with a gradient has a forward derivative.
/// Accumulators nest with each other and with tapes. Source: <c>tf.autodiff.ForwardAccumulator</c>.
/// <code>
/// var x = Ops.Constant(3f);
/// using var accumulator = new ForwardAccumulator(x, Ops.Constant(1f));
/// var y = x * x;
/// Console.WriteLine(accumulator.Jvp(y));   // tf.Tensor(6.0, shape=(), dtype=float32)
/// </code>
/// </remarks>
public sealed class ForwardAccumulator : IDisposable
{
    readonly Observer observer = new();
    Scopes? recording;

    /// <summary>Starts to carry derivatives.</summary>
    /// <param name="primals">The tensors and variables in whose direction is differentiated.</param>
    /// <param name="tangents">The direction: a tensor of the same shape for each, in the same structure.</param>
    /// <exception cref="TapestryException">Structures, shapes or dtypes differ, or a tensor is given twice.</exception>
    public ForwardAccumulator(Nest primals, Nest tangents)
    {
        var (sources, directions) = (primals.FlattenLeaves(), tangents.Flatten());
        if (sources.Count != directions.Count) throw new TapestryException("ForwardAccumulator", "not one tangent per primal", $"{sources.Count} primals, {directions.Count} tangents");
        for (var i = 0; i < sources.Count; i++) observer.Watch(sources[i], directions[i]);
        Start();
    }

    /// <summary>The directional derivative of a tensor; null when it does not depend on the primals.</summary>
    /// <param name="target">A tensor that was computed while the accumulator was open.</param>
    /// <param name="unconnectedGradients">What comes out where the target does not depend on the primals.</param>
    public Tensor? Jvp(Tensor target, UnconnectedGradients unconnectedGradients = UnconnectedGradients.None) =>
        observer.Tangent(target) ?? (unconnectedGradients == UnconnectedGradients.Zero ? Ops.ZerosLike(target) : null);

    /// <summary>The directional derivatives of all tensors of a structure, in that structure.</summary>
    /// <param name="targets">Tensors that were computed while the accumulator was open.</param>
    /// <param name="unconnectedGradients">What comes out where a target does not depend on the primals.</param>
    public Nest Jvp(Nest targets, UnconnectedGradients unconnectedGradients = UnconnectedGradients.None) =>
        targets.MapLeaves(target => Jvp((Tensor)target!, unconnectedGradients));

    /// <summary>Carries derivatives again after <see cref="Dispose"/>.</summary>
    /// <exception cref="TapestryException">The accumulator is open.</exception>
    public IDisposable Resume()
    {
        if (recording is not null) throw new TapestryException("ForwardAccumulator.Resume", "the accumulator is open already", remedy: "Dispose it first.");
        Start();
        return this;
    }

    /// <summary>Ends the accumulation; derivatives may still be asked for.</summary>
    public void Dispose()
    {
        recording?.Remove(observer);
        recording = null;
    }

    void Start()
    {
        recording = Scopes.Current;
        recording.Add(observer);
    }

    sealed class Observer : IOpObserver
    {
        readonly Dictionary<long, Tensor> tangents = [];
        readonly Dictionary<Variable, Tensor> variables = [];

        public void Applied(Op op, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            foreach (var input in inputs)
            {
                if (Tangent(input) is null) continue;
                using var outside = Scopes.Current.Outside(this);
                Carry(op, inputs.ToArray(), outputs.ToArray());
                return;
            }
        }

        public void Read(Variable variable, Tensor value)
        {
            if (variables.TryGetValue(variable, out var tangent)) tangents[TensorIdentity.Of(value)] = tangent;
        }

        internal Tensor? Tangent(Tensor tensor) => tensor.RecordId == 0 ? null : tangents.GetValueOrDefault(tensor.RecordId);

        internal void Watch(object? primal, Tensor tangent)
        {
            var (shape, dtype) = primal switch
            {
                Tensor tensor => (tensor.Shape, tensor.DType),
                Variable variable => (variable.Shape, variable.DType),
                _ => throw new TapestryException("ForwardAccumulator", "a primal is neither tensor nor variable", primal?.ToString() ?? "null"),
            };
            if (primal is Tensor number) TensorIdentity.RequireOwn("ForwardAccumulator", number);
            tangent = Ops.Cast(tangent, dtype);
            if (!tangent.Shape.IsCompatibleWith(shape)) throw new TapestryException("ForwardAccumulator", "a tangent does not fit its primal", tangent.Spec.ToString(), new TensorSpec(shape, dtype).ToString());
            var isNew = primal is Tensor x ? tangents.TryAdd(TensorIdentity.Of(x), tangent) : variables.TryAdd((Variable)primal, tangent);
            if (!isNew) throw new TapestryException("ForwardAccumulator", "a primal is given twice", new TensorSpec(shape, dtype).ToString(), "different tensors");
        }

        // The gradient rule is linear in the upstream u: g = Jᵀu. The gradient of g·t with respect to u is J t.
        void Carry(Op op, Tensor[] inputs, Tensor[] outputs)
        {
            if (!outputs.Any(output => output.DType.IsDifferentiable)) return;
            using var tape = new GradientTape(watchAccessedVariables: false);
            var upstream = outputs.Select(output => output.DType.IsDifferentiable ? Ops.ZerosLike(output) : null).ToArray();
            foreach (var u in upstream.OfType<Tensor>()) tape.Watch(u);
            var needs = inputs.Select(input => input.DType.IsDifferentiable && Tangent(input) is not null).ToArray();
            if (!needs.Contains(true)) return;
            var context = new GradientContext(inputs, outputs, [.. upstream], needs);
            op.Gradient(context);
            var (targets, directions) = (new List<object?>(), new List<object?>());
            for (var i = 0; i < inputs.Length; i++)
            {
                if (!needs[i] || context.Result(i) is not { } gradient) continue;
                targets.Add(gradient);
                directions.Add(Tangent(inputs[i]));
            }

            if (targets.Count == 0) return;
            var known = Enumerable.Range(0, outputs.Length).Where(i => upstream[i] is not null).ToArray();
            var results = tape.Gradients(targets, [.. known.Select(i => upstream[i])], directions, UnconnectedGradients.None);
            for (var i = 0; i < known.Length; i++)
            {
                if (results[i] is { } tangent) tangents[TensorIdentity.Of(outputs[known[i]])] = tangent;
            }
        }
    }
}
