using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Convolution;

/// <summary>One convolution of a batch of eight pictures, padded so that stride 1 keeps the size.</summary>
/// <param name="backward">Whether gradients are part of the job.</param>
/// <param name="size">Height and width of the pictures.</param>
/// <param name="inputs">Channels of the pictures.</param>
/// <param name="outputs">Channels of the result.</param>
/// <param name="kernel">Height and width of the filters.</param>
/// <param name="stride">The step between results.</param>
abstract class ConvolutionJob(bool backward, int size, int inputs, int outputs, int kernel, int stride = 1) : OperationJob
{
    const int Batch = 8;

    public override double? Operations => (backward ? 3 : 1) * 2.0 * Batch * (size / stride) * (size / stride) * kernel * kernel * inputs * outputs;

    public override bool HasLibtorchBest => true;

    protected override bool Backward => backward;

    protected override int[]? ResultOrder => Operand.ImageOrder;

    protected override double Tolerance => 3e-5;

    /// <summary>The ending of the name.</summary>
    protected string Direction => backward ? ", forward + backward" : ", forward";

    protected override Operand[] Inputs(Numbers numbers) =>
    [
        new(numbers.Normal(Batch * size * size * inputs), [Batch, size, size, inputs], Operand.ImageOrder),
        new(numbers.Normal(kernel * kernel * inputs * outputs, 1 / Math.Sqrt(kernel * kernel * inputs)), [kernel, kernel, inputs, outputs], Operand.FilterOrder),
    ];

    // The same padding on both sides, which Keras' "same" does not give for an even size and stride 2.
    protected override Tensor Ours(IReadOnlyList<Variable> inputs) =>
        Ops.Conv2D(inputs[0], inputs[1], strides: [stride], pads: [(kernel / 2, kernel / 2), (kernel / 2, kernel / 2)]);

    protected override torch.Tensor Theirs(IReadOnlyList<torch.Tensor> inputs) =>
        torch.nn.functional.conv2d(inputs[0], inputs[1], null, [stride, stride], [kernel / 2, kernel / 2], [1, 1], 1);
}
