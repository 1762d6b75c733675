using Tapestry.Benchmarks.Measuring;

namespace Tapestry.Benchmarks.Models.Convolution;

/// <summary>Filters of 1×1, 256 to 64 channels: the narrow part of a bottleneck.</summary>
sealed class Conv1x1(bool backward) : ConvolutionJob(backward, size: 56, inputs: 256, outputs: 64, kernel: 1)
{
    public static IEnumerable<Job> Variants => [new Conv1x1(true)];

    public override string Name => "conv 1x1 256-64 56x56" + Direction;

    public override Bar Bar => new(2.1, 4.9, 3, 0.65, 6);
}
