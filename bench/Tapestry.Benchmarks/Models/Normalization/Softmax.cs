using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Normalization;

/// <summary>Softmax over rows of a thousand.</summary>
sealed class Softmax(bool backward) : OperationJob
{
    public static IEnumerable<Job> Variants => [new Softmax(false), new Softmax(true)];

    public override string Name => backward ? "softmax 1000x1000, forward + backward" : "softmax 1000x1000, forward";

    public override Bar Bar => backward ? new(1.05, Aim: 2) : new(1.5, 1.2, 2);

    protected override bool Backward => backward;

    protected override Operand[] Inputs(Numbers numbers) => [new(numbers.Normal(1_000_000), [1000, 1000])];

    protected override Tensor Ours(IReadOnlyList<Variable> inputs) => Ops.Softmax(inputs[0]);

    protected override torch.Tensor Theirs(IReadOnlyList<torch.Tensor> inputs) => torch.nn.functional.softmax(inputs[0], -1);
}
