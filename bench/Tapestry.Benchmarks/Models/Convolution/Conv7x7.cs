using Tapestry.Benchmarks.Measuring;

namespace Tapestry.Benchmarks.Models.Convolution;

/// <summary>Filters of 7×7 with stride 2 on pictures with three channels: the first layer of a ResNet.</summary>
sealed class Conv7x7(bool backward) : ConvolutionJob(backward, size: 224, inputs: 3, outputs: 64, kernel: 7, stride: 2)
{
    public static IEnumerable<Job> Variants => [new Conv7x7(true)];

    public override string Name => "conv 7x7/2 3-64 224x224" + Direction;

    public override Bar Bar => new(1.4, 1.5, 2.5, 0.35);
}
