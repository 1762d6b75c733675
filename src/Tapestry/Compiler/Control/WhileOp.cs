namespace Tapestry.Compiler;

/// <summary>
/// A program that repeats while a condition holds. The inputs are the values that change (variables that the body assigns are the last of
/// them), then what the condition captures, then what the body captures; the outputs are the last values.
/// </summary>
sealed record WhileOp(ConcreteFunction Condition, ConcreteFunction Body, int StateCount, int CarriedVariables, int ConditionCaptures, int? MaximumIterations) : ProgramOp
{
    public override string Name => "While";

    public override int OutputCount => StateCount;

    public override bool HasEffects => Condition.Graph.Nodes.Concat(Body.Graph.Nodes).Any(node => node.Op.HasEffects);

    /// <summary>The first of the values that change which is that of a variable.</summary>
    internal int FirstVariable => StateCount - CarriedVariables;

    public override void Infer(ref InferContext context)
    {
        for (var i = 0; i < StateCount; i++) context.Return(i, Body.Graph.Arguments[i].Shape, context.DType(i));
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

    protected override void Execute(ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs)
    {
        var state = inputs.ToArray();
        for (var i = 0; Continues(state, i); i++) Step(state, inputs);
        state.AsSpan(0, StateCount).CopyTo(outputs);
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
    /// <param name="state">The values before it, then those after it.</param>
    /// <param name="inputs">The inputs of the loop.</param>
    internal void Step(Tensor[] state, ReadOnlySpan<Tensor> inputs)
    {
        Body.Call([.. state[..StateCount], .. state[(StateCount + ConditionCaptures)..]]).CopyTo(state.AsSpan());
        if (!Scopes.Current.IsObserved) return;
        for (var i = FirstVariable; i < StateCount; i++) state[i] = ReadingOp.Instance.Apply(state[i], inputs[i]);
    }
}
