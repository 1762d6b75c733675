namespace Tapestry.Compiler;

/// <summary>
/// An operation that holds programs and decides at run time which of them run, and how often: a branch, a loop, their gradients.
/// </summary>
abstract record ProgramOp : Op
{
    // Which program runs, and how often, decides the shapes.
    public override bool HasDynamicShape => true;

    internal override bool HoldsPrograms => true;

    public override void Run(in KernelContext context) => throw new CompilerException($"{Name} is computed, not run: its programs allocate their results.");

    internal override void Compute(ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs)
    {
        using var eager = Scopes.Current.Enter(null);
        Execute(inputs, outputs);
    }

    internal override void Replay(ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs)
    {
        if (Scopes.Current.Interpreter is not null || IsSymbolic(inputs)) Dispatcher.Apply(this, inputs, outputs);
        else Execute(inputs, outputs);
    }

    /// <summary>Runs the programs on tensors with values, in steps that tapes can see.</summary>
    protected abstract void Execute(ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs);

    static bool IsSymbolic(ReadOnlySpan<Tensor> inputs)
    {
        foreach (var input in inputs)
        {
            if (input.IsSymbolic) return true;
        }

        return false;
    }
}
