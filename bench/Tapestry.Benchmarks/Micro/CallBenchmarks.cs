using BenchmarkDotNet.Attributes;

namespace Tapestry.Benchmarks.Micro;

/// <summary>What calls cost beside the arithmetic: eager, on a tape, through a function.</summary>
public class CallBenchmarks
{
    readonly Function<Tensor, Tensor> function = Function.Of((Tensor x) => x * x + x, new FunctionOptions { ReuseResults = true });
    Tensor x = 0, y = 0;

    /// <summary>The length of the tensors.</summary>
    [Params(64)]
    public int Length { get; set; }

    /// <summary>Makes the inputs.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        x = new Measuring.Numbers(1).Normal(Length);
        y = new Measuring.Numbers(2).Normal(Length);
    }

    /// <summary>One addition.</summary>
    [Benchmark(Baseline = true)]
    public Tensor EagerAdd() => x + y;

    /// <summary>A multiplication and an addition.</summary>
    [Benchmark]
    public Tensor EagerMultiplyAdd() => x * x + x;

    /// <summary>The same through a function.</summary>
    [Benchmark]
    public Tensor CompiledMultiplyAdd() => function.Apply(x);

    /// <summary>The same with its gradient.</summary>
    [Benchmark]
    public Tensor? TapeMultiplyAdd()
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        return tape.Gradient(x * x + x, x);
    }
}
