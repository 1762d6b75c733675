using BenchmarkDotNet.Attributes;

namespace Tapestry.Benchmarks.Micro;

/// <summary>Square matrix products from small to large.</summary>
public class MatMulBenchmarks
{
    Tensor left = 0, right = 0;

    /// <summary>The length of the sides.</summary>
    [Params(8, 32, 128, 512)]
    public int Side { get; set; }

    /// <summary>Makes the inputs.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        left = Ops.FromSpan<float>(new Measuring.Numbers(1).Normal(Side * Side), [Side, Side]);
        right = Ops.FromSpan<float>(new Measuring.Numbers(2).Normal(Side * Side), [Side, Side]);
    }

    /// <summary>Both as they lie.</summary>
    [Benchmark(Baseline = true)]
    public Tensor Plain() => Ops.MatMul(left, right);

    /// <summary>The left one transposed.</summary>
    [Benchmark]
    public Tensor TransposedLeft() => Ops.MatMul(left, right, transposeA: true);

    /// <summary>The right one transposed.</summary>
    [Benchmark]
    public Tensor TransposedRight() => Ops.MatMul(left, right, transposeB: true);
}
