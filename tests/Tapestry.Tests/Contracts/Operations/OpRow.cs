namespace Tapestry.Tests.Contracts.Operations;

/// <summary>One operation with inputs that it is tried on.</summary>
/// <param name="Op">The operation.</param>
/// <param name="Inputs">Its inputs; those of float64 are differentiated.</param>
sealed record OpRow(Op Op, params Tensor[] Inputs)
{
    /// <summary>How far its gradients are compared with differences.</summary>
    internal OpGradient Gradient { get; init; } = OpGradient.SecondOrder;

    /// <summary>Inputs of float64 that count as given, so that nothing flows to them.</summary>
    internal int[] Given { get; init; } = [];

    /// <summary>Whether it is traced with an unknown first dimension; not where the numbers of elements would no longer fit together.</summary>
    internal bool LeadingMayBeUnknown { get; init; } = true;

    /// <summary>The function of the elements of one or two float64 inputs, where the library of the platform has it: compared at the edges of the numbers too.</summary>
    internal Func<double, double, double>? Reference { get; init; }

    /// <summary>The inputs that are differentiated.</summary>
    internal int[] Sources => [.. Enumerable.Range(0, Inputs.Length).Where(i => Inputs[i].DType == DType.Float64).Except(Given)];

    public override string ToString() => $"{Op.Name}{Attributes()} {string.Join(", ", Inputs.Select(input => input.Spec))}";

    string Attributes() => Op.ToString() is var text && text.IndexOf('{', StringComparison.Ordinal) is var start and >= 0 ? text[start..] : "";
}

/// <summary>What is known of the gradients of an operation.</summary>
enum OpGradient
{
    /// <summary>First and second derivatives are those of difference quotients.</summary>
    SecondOrder,

    /// <summary>It is linear and has no kernel for float64: its gradient is the adjoint map.</summary>
    Linear,

    /// <summary>Its gradient is not the derivative on purpose, or there is nothing to differentiate.</summary>
    None,
}
