using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Indexing;

/// <summary>The hundred largest of a million numbers.</summary>
sealed class TopK : OperationJob
{
    public override string Name => "top-k 100 of 1M";

    public override Bar Bar => new(1, Aim: 2);

    protected override bool Eager => true;

    protected override Operand[] Inputs(Numbers numbers) => [new(numbers.Normal(1_000_000), [1_000_000])];

    protected override Tensor Ours(IReadOnlyList<Variable> inputs) => Ops.TopK(inputs[0], 100).Values;

    protected override torch.Tensor Theirs(IReadOnlyList<torch.Tensor> inputs) => inputs[0].topk(100).Item1;
}
