namespace Tapestry.Tests.Contracts.Operations;

/// <summary>Inputs for the rows: the same numbers at every run, none of them at a kink.</summary>
static class OpValues
{
    /// <summary>Float64 in [-1, 1).</summary>
    internal static Tensor X(params int[] shape) => Between(1, -1, 1, shape);

    /// <summary>Other float64 in [-1, 1).</summary>
    internal static Tensor Y(params int[] shape) => Between(2, -1, 1, shape);

    /// <summary>Yet other float64 in [-1, 1).</summary>
    internal static Tensor Z(params int[] shape) => Between(3, -1, 1, shape);

    /// <summary>Float64 in [0.3, 2).</summary>
    internal static Tensor Positive(params int[] shape) => Between(4, 0.3, 2, shape);

    /// <summary>Float64 between bounds.</summary>
    internal static Tensor Between(int seed, double low, double high, params int[] shape)
    {
        var random = new Random(seed);
        return Ops.FromSpan<double>([.. Enumerable.Range(0, new Shape(shape).Size).Select(_ => low + ((high - low) * random.NextDouble()))], shape);
    }

    /// <summary>Float32 in [-1, 1).</summary>
    internal static Tensor Single(params int[] shape) => Ops.Cast(X(shape), DType.Float32);

    /// <summary>Truth values.</summary>
    internal static Tensor Bools(int seed, params int[] shape) => Ops.Greater(Between(seed, -1, 1, shape), 0.0);

    /// <summary>Given integers.</summary>
    internal static Tensor Integers(Shape shape, params int[] values) => Ops.FromSpan<int>(values, shape);
}
