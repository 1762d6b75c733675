using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Reduction;

/// <summary>The sum of ten million numbers: memory bandwidth.</summary>
sealed class Sum : OperationJob
{
    public override string Name => "sum 10M";

    public override Bar Bar => new(1);

    protected override bool Eager => true;

    protected override Operand[] Inputs(Numbers numbers) => [new(numbers.Positive(10_000_000), [10_000_000])];

    protected override Tensor Ours(IReadOnlyList<Variable> inputs) => Ops.Sum(inputs[0]);

    protected override torch.Tensor Theirs(IReadOnlyList<torch.Tensor> inputs) => inputs[0].sum();
}
