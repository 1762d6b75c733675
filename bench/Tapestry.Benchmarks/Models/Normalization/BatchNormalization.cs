using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Normalization;

/// <summary>Batch normalization of pictures in training, with scale and shift, written with primitive operations.</summary>
sealed class BatchNormalization(bool backward) : OperationJob
{
    const int Batch = 8, Size = 56, Channels = 64;

    public static IEnumerable<Job> Variants => [new BatchNormalization(false), new BatchNormalization(true)];

    public override string Name => backward ? "batch norm 8x56x56x64, forward + backward" : "batch norm 8x56x56x64, forward";

    public override Bar Bar => new(1.05, Aim: 2);

    public override bool HasLibtorchBest => true;

    protected override bool Backward => backward;

    protected override int[]? ResultOrder => Operand.ImageOrder;

    protected override double Tolerance => 3e-5;

    protected override Operand[] Inputs(Numbers numbers) =>
    [
        new(numbers.Normal(Batch * Size * Size * Channels), [Batch, Size, Size, Channels], Operand.ImageOrder),
        new(numbers.Normal(Channels), [Channels]),
        new(numbers.Normal(Channels), [Channels]),
    ];

    protected override Tensor Ours(IReadOnlyList<Variable> inputs)
    {
        Tensor x = inputs[0];
        var centred = x - Ops.Mean(x, axis: [0, 1, 2], keepdims: true);
        var variance = Ops.Mean(Ops.Square(centred), axis: [0, 1, 2], keepdims: true);
        return centred * Ops.Rsqrt(variance + 1e-5f) * inputs[1] + inputs[2];
    }

    // Without running averages: ours has none here either.
    protected override torch.Tensor Theirs(IReadOnlyList<torch.Tensor> inputs) => torch.nn.functional.batch_norm(inputs[0], null, null, inputs[1], inputs[2], training: true, eps: 1e-5);
}
