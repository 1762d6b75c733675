using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Convolution;

/// <summary>One filter of 3×3 for each of 32 channels.</summary>
sealed class Depthwise : OperationJob
{
    const int Batch = 8, Size = 112, Channels = 32;

    public override string Name => "depthwise 3x3 32 112x112, forward + backward";

    public override Bar Bar => new(2.7, 2.5, 4);

    public override bool HasLibtorchBest => true;

    protected override bool Backward => true;

    protected override int[]? ResultOrder => Operand.ImageOrder;

    protected override double Tolerance => 3e-5;

    protected override Operand[] Inputs(Numbers numbers) =>
    [
        new(numbers.Normal(Batch * Size * Size * Channels), [Batch, Size, Size, Channels], Operand.ImageOrder),
        new(numbers.Normal(9 * Channels, 1.0 / 3), [3, 3, Channels, 1], Operand.DepthwiseOrder),
    ];

    protected override Tensor Ours(IReadOnlyList<Variable> inputs) => Ops.DepthwiseConv(inputs[0], inputs[1], padding: "same");

    protected override torch.Tensor Theirs(IReadOnlyList<torch.Tensor> inputs) => torch.nn.functional.conv2d(inputs[0], inputs[1], null, [1, 1], [1, 1], [1, 1], Channels);
}
