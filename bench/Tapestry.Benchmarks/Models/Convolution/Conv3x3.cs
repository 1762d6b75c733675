using Tapestry.Benchmarks.Measuring;

namespace Tapestry.Benchmarks.Models.Convolution;

/// <summary>Filters of 3×3, 64 to 64 channels: the commonest layer of picture networks.</summary>
sealed class Conv3x3(bool backward) : ConvolutionJob(backward, size: 56, inputs: 64, outputs: 64, kernel: 3)
{
    public static IEnumerable<Job> Variants => [new Conv3x3(false), new Conv3x3(true)];

    public override string Name => "conv 3x3 64-64 56x56" + Direction;

    public override Bar Bar => Differentiates ? new(1.7, 2.1, 3, 0.75) : new(1.2, 1.4, 2, 0.85);
}
