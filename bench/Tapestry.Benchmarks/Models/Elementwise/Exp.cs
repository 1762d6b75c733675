using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Elementwise;

/// <summary>exp of a million numbers.</summary>
sealed class Exp : OperationJob
{
    const int Length = 1_000_000;

    public override string Name => "exp 1M, compiled";

    public override Bar Bar => new(3, Aim: 4);

    protected override Operand[] Inputs(Numbers numbers) => [new(numbers.Normal(Length), [Length])];

    protected override Tensor Ours(IReadOnlyList<Variable> inputs) => Ops.Exp(inputs[0]);

    protected override torch.Tensor Theirs(IReadOnlyList<torch.Tensor> inputs) => inputs[0].exp();
}
