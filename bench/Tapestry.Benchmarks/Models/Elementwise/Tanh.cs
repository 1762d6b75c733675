using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Elementwise;

/// <summary>tanh of a million numbers.</summary>
sealed class Tanh : OperationJob
{
    const int Length = 1_000_000;

    public override string Name => "tanh 1M, compiled";

    public override Bar Bar => new(2, Aim: 4);

    protected override Operand[] Inputs(Numbers numbers) => [new(numbers.Normal(Length), [Length])];

    protected override Tensor Ours(IReadOnlyList<Variable> inputs) => Ops.Tanh(inputs[0]);

    protected override torch.Tensor Theirs(IReadOnlyList<torch.Tensor> inputs) => inputs[0].tanh();
}
