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

    /// <summary>The function of one element, where it is easy to state: <c>Math.Cbrt</c>. Compared at infinities, zeros, subnormal and huge numbers too, in float32 and float64.</summary>
    internal Func<double, double>? Reference { get; init; }

    /// <summary>The same for an operation with two inputs.</summary>
    internal Func<double, double, double>? ReferenceOfTwo { get; init; }

    /// <summary>How far it may be from the reference in either precision, in units in the last place; by default it is rounded correctly.</summary>
    internal (double Single, double Double) Units { get; init; } = (0.501, 0);

    /// <summary>Points at which the gradient (for an upstream of 1) is infinite, no number, or one of several: what it is there.</summary>
    internal (double[] At, double[] Gradients)[] Singular { get; init; } = [];

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
