using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Elementwise;

/// <summary>GELU by its tanh formula, written with primitive operations, on a million numbers: a chain that wants to be one loop.</summary>
sealed class Gelu(bool backward) : OperationJob
{
    const int Length = 1_000_000;

    public static IEnumerable<Job> Variants => [new Gelu(false), new Gelu(true)];

    public override string Name => backward ? "GELU from primitives 1M, compiled, forward + backward" : "GELU from primitives 1M, compiled, forward";

    public override Bar Bar => new(9, Aim: 12);

    protected override bool Backward => backward;

    protected override Operand[] Inputs(Numbers numbers) => [new(numbers.Normal(Length), [Length])];

    protected override Tensor Ours(IReadOnlyList<Variable> inputs)
    {
        Tensor x = inputs[0];
        return 0.5f * x * (1f + Ops.Tanh(0.7978845608f * (x + 0.044715f * x * x * x)));
    }

    protected override torch.Tensor Theirs(IReadOnlyList<torch.Tensor> inputs)
    {
        var x = inputs[0];
        using var scaled = x.mul(0.044715);
        using var square = scaled.mul(x);
        using var cube = square.mul(x);
        using var sum = x.add(cube);
        using var inner = sum.mul(0.7978845608);
        using var tanh = inner.tanh();
        using var one = tanh.add(1);
        using var half = x.mul(0.5);
        return half.mul(one);
    }
}
