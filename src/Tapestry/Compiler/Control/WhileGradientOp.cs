namespace Tapestry.Compiler;

/// <summary>
/// The gradient of a loop inside a traced function: runs the loop again, keeps the values of each round, and goes back through the rounds
/// with the compiled gradient of the body. The inputs are those of the loop, then the upstream gradients of the differentiable results.
/// </summary>
sealed record WhileGradientOp(WhileOp Loop, int LoopInputs, ValueList<int> Differentiable) : Op
{
    public override string Name => "WhileGradient";

    public override int OutputCount => Sources.Length;

    public override bool HasDynamicShape => true;

    internal override bool HoldsPrograms => true;

    /// <summary>Which inputs of the loop the outputs are gradients of: differentiable values that change, and captures of the body.</summary>
    internal int[] Sources { get; } = FindSources(Loop, LoopInputs);

    int FirstCapture => Loop.StateCount + Loop.ConditionCaptures;

    public override void Infer(ref InferContext context)
    {
        for (var i = 0; i < Sources.Length; i++) context.Return(i, context.Shape(Sources[i]), context.DType(Sources[i]));
    }

    public override void Run(in KernelContext context) => throw new CompilerException("The gradient of a loop is computed, not run.");

    internal override void Compute(ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs)
    {
        var state = inputs[..LoopInputs].ToArray();
        var history = new List<Tensor[]>();
        for (var i = 0; Loop.Continues(state, i); i++)
        {
            history.Add(state[..Loop.StateCount]);
            Loop.Step(state);
        }

        var body = Loop.Body.Graph;
        var upstream = new Dictionary<int, Tensor>();
        for (var i = 0; i < Differentiable.Count; i++) upstream[Differentiable[i]] = inputs[LoopInputs + i];
        var captured = new Dictionary<int, Tensor>();
        var needs = body.Arguments.Select(argument => argument.DType.IsDifferentiable).ToArray();
        var has = Enumerable.Range(0, Loop.StateCount).Select(i => upstream.ContainsKey(i)).ToArray();
        var backward = Loop.Body.Backward(needs, has);
        for (var round = history.Count - 1; round >= 0; round--)
        {
            Tensor[] arguments = [.. history[round], .. state[FirstCapture..LoopInputs], .. has.Index().Where(entry => entry.Item).Select(entry => upstream[entry.Index])];
            var results = new Tensor[backward.Function.Graph.Outputs.Count];
            backward.Function.Executable.Run(arguments, isPure: false, [], results);
            for (var i = 0; i < needs.Length; i++)
            {
                var gradient = backward.ResultOf[i] is { } result ? results[result] : null;
                if (i < Loop.StateCount)
                {
                    if (needs[i]) upstream[i] = gradient ?? Ops.ZerosLike(history[round][i]);
                }
                else if (gradient is not null)
                {
                    captured[i] = captured.TryGetValue(i, out var sum) ? IndexedSlices.Sum(sum, gradient) : gradient;
                }
            }
        }

        for (var i = 0; i < Sources.Length; i++)
        {
            var source = Sources[i];
            var gradient = source < Loop.StateCount ? upstream.GetValueOrDefault(source) : captured.GetValueOrDefault(source - Loop.ConditionCaptures);
            outputs[i] = gradient ?? Ops.ZerosLike(inputs[source]);
        }
    }

    public override void Gradient(GradientContext context) => throw new TapestryException(
        Name,
        "a loop inside a traced function has a first derivative only",
        expected: "one gradient of the loop inside the function",
        remedy: "Take the tapes outside the function: then the loop has derivatives of any order.");

    static int[] FindSources(WhileOp loop, int inputs) =>
    [
        .. Enumerable.Range(0, loop.StateCount).Where(i => loop.Body.Graph.Arguments[i].DType.IsDifferentiable),
        .. Enumerable.Range(loop.StateCount + loop.ConditionCaptures, inputs - loop.StateCount - loop.ConditionCaptures)
            .Where(i => loop.Body.Graph.Arguments[i - loop.ConditionCaptures].DType.IsDifferentiable),
    ];
}
