namespace Tapestry.Compiler;

/// <summary>
/// The gradient of a loop inside a traced function: runs the loop again, keeps the values of each round, and goes back through the rounds
/// with the compiled gradient of the body. The inputs are those of the loop, then the upstream gradients of the differentiable results.
/// A tape that looks on sees every round, forwards and backwards; so it has gradients of any order.
/// </summary>
sealed record WhileGradientOp(WhileOp Loop, int LoopInputs, ValueList<int> Differentiable) : ProgramOp
{
    public override string Name => "WhileGradient";

    public override int OutputCount => Sources.Length;

    /// <summary>Which inputs of the loop the outputs are gradients of: differentiable values that change, and captures of the body.</summary>
    internal int[] Sources { get; } = FindSources(Loop, LoopInputs);

    int FirstCapture => Loop.StateCount + Loop.ConditionCaptures;

    public override void Infer(ref InferContext context)
    {
        for (var i = 0; i < Sources.Length; i++) context.Return(i, context.Shape(Sources[i]), context.DType(Sources[i]));
    }

    public override void Gradient(GradientContext context) => ProgramGradientOp.Return(this, context);

    protected override void Execute(ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs)
    {
        var state = inputs[..LoopInputs].ToArray();
        var history = new List<Tensor[]>();
        for (var i = 0; Loop.Continues(state, i); i++)
        {
            history.Add(state[..Loop.StateCount]);
            Loop.Step(state, inputs);
        }

        var body = Loop.Body.Graph;
        // Gradients of what changes go back from round to round; those of captures, and of variables, add up.
        var (upstream, sums) = (new Dictionary<int, Tensor>(), new Dictionary<int, Tensor>());
        for (var i = 0; i < Differentiable.Count; i++) (Differentiable[i] < Loop.FirstVariable ? upstream : sums)[Differentiable[i]] = inputs[LoopInputs + i];
        var needs = body.Arguments.Select(argument => argument.DType.IsDifferentiable).ToArray();
        var has = Enumerable.Range(0, Loop.StateCount).Select(i => upstream.ContainsKey(i)).ToArray();
        var backward = Loop.Body.Backward(needs, has);
        for (var round = history.Count - 1; round >= 0; round--)
        {
            Tensor[] arguments = [.. history[round], .. state[FirstCapture..LoopInputs], .. has.Index().Where(entry => entry.Item).Select(entry => upstream[entry.Index])];
            var results = backward.Function.Call(arguments);
            for (var i = 0; i < needs.Length; i++)
            {
                var gradient = backward.ResultOf[i] is { } result ? results[result] : null;
                if (i < Loop.FirstVariable)
                {
                    if (needs[i]) upstream[i] = gradient ?? Ops.ZerosLike(history[round][i]);
                }
                else if (gradient is not null)
                {
                    sums[i] = sums.TryGetValue(i, out var sum) ? IndexedSlices.Sum(sum, gradient) : gradient;
                }
            }
        }

        for (var i = 0; i < Sources.Length; i++)
        {
            var source = Sources[i];
            var gradient = (source < Loop.FirstVariable ? upstream : sums).GetValueOrDefault(source < Loop.StateCount ? source : source - Loop.ConditionCaptures);
            outputs[i] = gradient ?? Ops.ZerosLike(inputs[source]);
        }
    }

    static int[] FindSources(WhileOp loop, int inputs) =>
    [
        .. Enumerable.Range(0, loop.StateCount).Where(i => loop.Body.Graph.Arguments[i].DType.IsDifferentiable),
        .. Enumerable.Range(loop.StateCount + loop.ConditionCaptures, inputs - loop.StateCount - loop.ConditionCaptures)
            .Where(i => loop.Body.Graph.Arguments[i - loop.ConditionCaptures].DType.IsDifferentiable),
    ];
}
