using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Indexing;

/// <summary>A million numbers in order.</summary>
sealed class Sort : OperationJob
{
    public override string Name => "sort 1M";

    public override Bar Bar => new(1, Aim: 5);

    protected override bool Eager => true;

    protected override Operand[] Inputs(Numbers numbers) => [new(numbers.Normal(1_000_000), [1_000_000])];

    protected override Tensor Ours(IReadOnlyList<Variable> inputs) => Ops.Sort(inputs[0]);

    protected override torch.Tensor Theirs(IReadOnlyList<torch.Tensor> inputs) => inputs[0].sort().Values;
}
