namespace Tapestry.Compiler;

/// <summary>
/// The gradient of an operation whose programs are known, but not how often they run: executes it again under a tape and asks the tape.
/// It is such an operation itself, so it has gradients of any order. The inputs are those of the operation, then the upstream gradients.
/// </summary>
/// <param name="Source">What is differentiated.</param>
/// <param name="SourceInputs">The number of its inputs.</param>
/// <param name="Wanted">The inputs whose gradients are the outputs.</param>
/// <param name="Targets">The outputs that have upstream gradients.</param>
sealed record ProgramGradientOp(ProgramOp Source, int SourceInputs, ValueList<int> Wanted, ValueList<int> Targets) : ProgramOp
{
    public override string Name => $"{Source.Name}Gradient";

    public override int OutputCount => Wanted.Count;

    public override bool HasEffects => Source.HasEffects;

    /// <summary>Gives the gradients of an operation.</summary>
    internal static void Return(ProgramOp source, GradientContext context)
    {
        var wanted = Enumerable.Range(0, context.InputCount).Where(context.Needs).ToArray();
        var targets = Enumerable.Range(0, source.OutputCount).Where(context.HasUpstream).ToArray();
        var inputs = Enumerable.Range(0, context.InputCount).Select(context.Input).Concat(targets.Select(context.Upstream));
        var gradients = new ProgramGradientOp(source, context.InputCount, wanted, targets).ApplyAll([.. inputs]);
        for (var i = 0; i < wanted.Length; i++) context.Return(wanted[i], gradients[i]);
    }

    public override void Infer(ref InferContext context)
    {
        for (var i = 0; i < Wanted.Count; i++) context.Return(i, context.Shape(Wanted[i]), context.DType(Wanted[i]));
    }

    public override void Gradient(GradientContext context) => Return(this, context);

    protected override void Execute(ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs)
    {
        using var tape = new GradientTape(watchAccessedVariables: false);
        // One tensor may stand at several inputs, each of which gets its own share of the gradient.
        var own = inputs[..SourceInputs].ToArray();
        foreach (var i in Wanted) tape.Watch(own[i] = Ops.Identity(own[i]));
        var results = new Tensor[Source.OutputCount];
        Source.Replay(own, results);
        var gradients = tape.Gradients([.. Targets.Select(i => results[i])], [.. Wanted.Select(i => own[i])], inputs[SourceInputs..].ToArray(), UnconnectedGradients.Zero);
        for (var i = 0; i < outputs.Length; i++) outputs[i] = gradients[i]!;
    }
}
