using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Reduction;

/// <summary>The largest of ten million numbers: memory bandwidth.</summary>
sealed class Max : OperationJob
{
    public override string Name => "max 10M";

    public override Bar Bar => new(1);

    protected override bool Eager => true;

    protected override Operand[] Inputs(Numbers numbers) => [new(numbers.Normal(10_000_000), [10_000_000])];

    protected override Tensor Ours(IReadOnlyList<Variable> inputs) => Ops.Max(inputs[0]);

    protected override torch.Tensor Theirs(IReadOnlyList<torch.Tensor> inputs) => inputs[0].max();
}
