namespace Tapestry;

/// <summary>Gives operations their meaning: computes them at once, records them in a graph, or only infers shapes.</summary>
interface IInterpreter
{
    /// <summary>Applies an operation.</summary>
    void Apply(Op op, ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs);

    /// <summary>The value of a variable at this point of the program.</summary>
    Tensor Read(Variable variable);

    /// <summary>Gives a variable a new value from this point of the program on.</summary>
    void Assign(Variable variable, Tensor value);

    /// <summary>Notes that a variable came into being.</summary>
    void Created(Variable variable);
}

/// <summary>Sees every operation after it was applied, whoever interpreted it: a tape, a profiler, a check for NaN.</summary>
interface IOpObserver
{
    /// <summary>Called after an operation was applied.</summary>
    void Applied(Op op, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs);

    /// <summary>Called after a variable was read; the tensor is a fresh object that stands for this reading.</summary>
    void Read(Variable variable, Tensor value);
}
