using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Indexing;

/// <summary>A square matrix with rows and columns exchanged, into fresh memory.</summary>
sealed class Transpose : OperationJob
{
    public override string Name => "transpose 2048x2048";

    public override Bar Bar => new(1.9, 3.1, 4);

    protected override bool Eager => true;

    protected override Operand[] Inputs(Numbers numbers) => [new(numbers.Normal(2048 * 2048), [2048, 2048])];

    protected override Tensor Ours(IReadOnlyList<Variable> inputs) => Ops.Transpose(inputs[0]);

    protected override torch.Tensor Theirs(IReadOnlyList<torch.Tensor> inputs) => inputs[0].t().contiguous();
}
