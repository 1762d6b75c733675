namespace Tapestry.Compiler;

/// <summary>One of two programs, chosen by a truth value at run time. The inputs are that value, the captures of the first, those of the second.</summary>
sealed record CondOp(ConcreteFunction Then, ConcreteFunction Else) : ProgramOp
{
    public override string Name => "Cond";

    public override int OutputCount => Then.Graph.Outputs.Count;

    public override bool HasEffects => Then.Graph.Nodes.Concat(Else.Graph.Nodes).Any(node => node.Op.HasEffects);

    int ThenCount => Then.Graph.Arguments.Count;

    public override void Infer(ref InferContext context)
    {
        var (then, otherwise) = (Then.Graph.Outputs, Else.Graph.Outputs);
        for (var i = 0; i < then.Count; i++) context.Return(i, Common(then[i].Shape, otherwise[i].Shape), then[i].DType);
    }

    public override void Gradient(GradientContext context)
    {
        var inputs = new Tensor[context.InputCount];
        for (var i = 0; i < inputs.Length; i++) inputs[i] = context.Input(i);
        var wanted = Enumerable.Range(1, inputs.Length - 1).Where(context.Needs).ToArray();
        var targets = Enumerable.Range(0, OutputCount).Where(context.HasUpstream).ToArray();
        var upstream = targets.Select(context.Upstream).ToArray();
        Nest Gradients(bool then)
        {
            using var tape = new GradientTape(watchAccessedVariables: false);
            // One tensor may stand at several inputs, each of which gets its own share of the gradient.
            Tensor[] own = [.. inputs];
            foreach (var i in wanted) tape.Watch(own[i] = Ops.Identity(inputs[i]));
            var outputs = Branch(then, own);
            var gradients = tape.Gradients([.. targets.Select(i => outputs[i])], [.. wanted.Select(i => own[i])], upstream, UnconnectedGradients.Zero);
            return Nest.List(gradients.Select(gradient => (Nest)gradient!));
        }

        var results = Ops.Cond(inputs[0], () => Gradients(true), () => Gradients(false)).Flatten();
        for (var i = 0; i < wanted.Length; i++) context.Return(wanted[i], results[i]);
    }

    protected override void Execute(ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs)
    {
        var then = inputs[0].Item<bool>();
        Branch(then, inputs).CopyTo(outputs);
        if (Scopes.Current.IsObserved) ConnectWithUntaken(then, inputs, outputs);
    }

    // A gradient of the whole is zero, not absent, for what only the branch that was not taken uses.
    void ConnectWithUntaken(bool then, ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs)
    {
        var untaken = (then ? Else : Then).Graph;
        var captures = then ? inputs[(ThenCount + 1)..] : inputs[1..(ThenCount + 1)];
        for (var i = 0; i < outputs.Length; i++)
        {
            var used = untaken.DifferentiableArguments(i);
            if (used.Count == 0) continue;
            var connected = new Tensor[used.Count + 1];
            connected[0] = outputs[i];
            for (var j = 0; j < used.Count; j++) connected[j + 1] = captures[used[j]];
            outputs[i] = ConnectOp.Instance.Apply(connected);
        }
    }

    Tensor[] Branch(bool then, ReadOnlySpan<Tensor> inputs)
    {
        var function = then ? Then : Else;
        return function.Call(then ? inputs[1..(ThenCount + 1)] : inputs[(ThenCount + 1)..]);
    }

    static Shape Common(Shape a, Shape b)
    {
        if (a == b) return a;
        var dimensions = a.ToArray();
        for (var i = 0; i < dimensions.Length; i++)
        {
            if (dimensions[i] != b[i]) dimensions[i] = Shape.Unknown;
        }

        return new Shape(dimensions);
    }
}
