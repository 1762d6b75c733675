using BenchmarkDotNet.Attributes;

namespace Tapestry.Benchmarks.Micro;

/// <summary>Elementwise operations by size: where calls end and memory begins.</summary>
public class ElementwiseBenchmarks
{
    Tensor x = 0;

    /// <summary>The length of the tensors.</summary>
    [Params(1_000, 100_000, 1_000_000)]
    public int Length { get; set; }

    /// <summary>Makes the input.</summary>
    [GlobalSetup]
    public void Prepare() => x = new Measuring.Numbers(1).Normal(Length);

    /// <summary>Memory only.</summary>
    [Benchmark(Baseline = true)]
    public Tensor Add() => x + x;

    /// <summary>A polynomial.</summary>
    [Benchmark]
    public Tensor Exp() => Ops.Exp(x);

    /// <summary>A polynomial and a division.</summary>
    [Benchmark]
    public Tensor Tanh() => Ops.Tanh(x);

    /// <summary>To one number.</summary>
    [Benchmark]
    public Tensor Sum() => Ops.Sum(x);
}
