namespace Tapestry.Compiler;

/// <summary>
/// A program that repeats while a condition holds. The inputs are the values that change, then what the condition captures, then what the
/// body captures; the outputs are the last values.
/// </summary>
sealed record WhileOp(ConcreteFunction Condition, ConcreteFunction Body, int StateCount, int ConditionCaptures, int? MaximumIterations) : Op
{
    public override string Name => "While";

    public override int OutputCount => StateCount;

    public override bool HasEffects => Condition.Graph.Nodes.Concat(Body.Graph.Nodes).Any(node => node.Op.HasEffects);

    // A body may change the shape of what it carries, and its length is found at run time.
    public override bool HasDynamicShape => true;

    internal override bool HoldsPrograms => true;

    public override void Infer(ref InferContext context)
    {
        for (var i = 0; i < StateCount; i++) context.Return(i, Body.Graph.Arguments[i].Shape, context.DType(i));
    }

    public override void Run(in KernelContext context) => throw new CompilerException("A loop is computed, not run.");

    internal override void Compute(ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs)
    {
        var state = inputs.ToArray();
        for (var i = 0; Continues(state, i); i++) Step(state);
        state.AsSpan(0, StateCount).CopyTo(outputs);
    }

    internal override void Replay(ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs)
    {
        if (Scopes.Current.Interpreter is not null)
        {
            Dispatcher.Apply(this, inputs, outputs);
            return;
        }

        var state = inputs.ToArray();
        for (var i = 0; Continues(state, i); i++)
        {
            var next = Body.Inlined([.. state[..StateCount], .. state[(StateCount + ConditionCaptures)..]]);
            next.CopyTo(state.AsSpan());
        }

        state.AsSpan(0, StateCount).CopyTo(outputs);
    }

    public override void Gradient(GradientContext context)
    {
        var inputs = new List<Tensor>();
        for (var i = 0; i < context.InputCount; i++) inputs.Add(context.Input(i));
        var differentiable = Enumerable.Range(0, StateCount).Where(i => context.Output(i).DType.IsDifferentiable).ToArray();
        foreach (var i in differentiable) inputs.Add(context.Upstream(i));
        var op = new WhileGradientOp(this, context.InputCount, differentiable);
        var gradients = op.ApplyAll([.. inputs]);
        for (var i = 0; i < gradients.Length; i++)
        {
            if (context.Needs(op.Sources[i])) context.Return(op.Sources[i], gradients[i]);
        }
    }

    /// <summary>Whether another round follows.</summary>
    internal bool Continues(Tensor[] state, int iteration)
    {
        if (iteration >= MaximumIterations) return false;
        var truth = new Tensor[1];
        Condition.Executable.Run([.. state[..(StateCount + ConditionCaptures)]], isPure: true, [], truth);
        return truth[0].Item<bool>();
    }

    /// <summary>One round.</summary>
    internal void Step(Tensor[] state)
    {
        var next = new Tensor[StateCount];
        Body.Executable.Run([.. state[..StateCount], .. state[(StateCount + ConditionCaptures)..]], isPure: true, [], next);
        next.CopyTo(state.AsSpan());
    }
}
