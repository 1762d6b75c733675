using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Reduction;

/// <summary>Running sums of a million numbers.</summary>
sealed class CumulativeSum : OperationJob
{
    public override string Name => "cumsum 1M";

    public override Bar Bar => new(1, Aim: 2);

    protected override bool Eager => true;

    protected override Operand[] Inputs(Numbers numbers) => [new(numbers.Positive(1_000_000), [1_000_000])];

    protected override Tensor Ours(IReadOnlyList<Variable> inputs) => Ops.Cumsum(inputs[0]);

    protected override torch.Tensor Theirs(IReadOnlyList<torch.Tensor> inputs) => inputs[0].cumsum(0);
}
