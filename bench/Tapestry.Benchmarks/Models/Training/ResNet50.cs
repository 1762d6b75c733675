using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Training;

/// <summary>ResNet-50 with the stride in the 3×3 convolutions, https://arxiv.org/abs/1512.03385: weights in the order of use, and the network on both sides.</summary>
static class ResNet50
{
    /// <summary>Multiply-adds of one picture of 224×224.</summary>
    internal const double MultiplyAdds = 4.09e9;

    static readonly (int Width, int Blocks)[] stages = [(64, 3), (128, 4), (256, 6), (512, 3)];
    static readonly int[] reversed = [1, 0];

    /// <summary>Convolutions with the factors and offsets of their normalizations; moments too when these do not come from the batch.</summary>
    internal static Operand[] Weights(Numbers numbers, bool withMoments)
    {
        var weights = new List<Operand>();
        Convolution(7, 3, 64);
        var channels = 64;
        foreach (var (width, blocks) in stages)
        {
            for (var block = 0; block < blocks; block++)
            {
                Convolution(1, channels, width);
                Convolution(3, width, width);
                Convolution(1, width, 4 * width);
                if (block == 0) Convolution(1, channels, 4 * width);
                channels = 4 * width;
            }
        }

        weights.Add(new(numbers.Normal(2048 * 1000, 0.02), [2048, 1000], reversed, HasChannels: false));
        weights.Add(new(numbers.Normal(1000, 0.1), [1000]));
        return [.. weights];

        void Convolution(int size, int inputs, int outputs)
        {
            weights.Add(new(numbers.Normal(size * size * inputs * outputs, Math.Sqrt(2.0 / (size * size * inputs))), [size, size, inputs, outputs], Operand.FilterOrder));
            weights.Add(new([.. numbers.Normal(outputs, 0.1).Select(value => value + 1)], [outputs]));
            weights.Add(new(numbers.Normal(outputs, 0.1), [outputs]));
            if (!withMoments) return;
            weights.Add(new(numbers.Normal(outputs, 0.1), [outputs]));
            weights.Add(new([.. numbers.Positive(outputs).Select(value => value + 1)], [outputs]));
        }
    }

    /// <summary>The blocks of all stages, in anybody's operations.</summary>
    /// <param name="x">What the first block reads.</param>
    /// <param name="layer">A convolution with the next weights and a stride, normalized.</param>
    /// <param name="rectify">The rectifier.</param>
    /// <param name="add">The sum of a block's value and its shortcut.</param>
    internal static TValue Blocks<TValue>(TValue x, Func<TValue, int, TValue> layer, Func<TValue, TValue> rectify, Func<TValue, TValue, TValue> add)
    {
        foreach (var (width, blocks) in stages)
        {
            for (var block = 0; block < blocks; block++)
            {
                var stride = block == 0 && width > 64 ? 2 : 1;
                var shortcut = x;
                x = rectify(layer(x, 1));
                x = rectify(layer(x, stride));
                x = layer(x, 1);
                if (block == 0) shortcut = layer(shortcut, stride);
                x = rectify(add(x, shortcut));
            }
        }

        return x;
    }

    /// <summary>Ours.</summary>
    internal static Tensor Apply(IReadOnlyList<Variable> weights, Tensor x, bool withMoments)
    {
        var next = 0;
        x = Ops.MaxPool(Ops.Relu(Layer(x, 2)), [3], [2], pads: [(1, 1), (1, 1)]);
        x = Blocks(x, Layer, value => Ops.Relu(value), (value, shortcut) => value + shortcut);
        return Ops.MatMul(Ops.Mean(x, [1, 2]), weights[next]) + weights[next + 1];

        Tensor Layer(Tensor value, int stride)
        {
            var pad = (weights[next].Shape[0] - 1) / 2;
            value = Ops.Conv2D(value, weights[next], [stride], pads: [(pad, pad), (pad, pad)]);
            Tensor mean, variance;
            if (withMoments)
            {
                (mean, variance) = (weights[next + 3], weights[next + 4]);
            }
            else
            {
                mean = Ops.Mean(value, [0, 1, 2]);
                variance = Ops.Mean(Ops.Square(value - mean), [0, 1, 2]);
            }

            var factor = Ops.Rsqrt(variance + 1e-5f) * weights[next + 1];
            var offset = weights[next + 2] - (mean * factor);
            next += withMoments ? 5 : 3;
            return (value * factor) + offset;
        }
    }

    /// <summary>libtorch's.</summary>
    internal static torch.Tensor Apply(IReadOnlyList<torch.Tensor> weights, torch.Tensor x, bool withMoments)
    {
        var next = 0;
        x = torch.nn.functional.max_pool2d(torch.nn.functional.relu(Layer(x, 2), inplace: true), 3, 2, 1);
        x = Blocks(x, Layer, value => torch.nn.functional.relu(value, inplace: true), (value, shortcut) => value.add_(shortcut));
        return torch.nn.functional.linear(x.mean([2, 3]), weights[next], weights[next + 1]);

        torch.Tensor Layer(torch.Tensor value, int stride)
        {
            var pad = (weights[next].shape[2] - 1) / 2;
            value = torch.nn.functional.conv2d(value, weights[next], null, [stride, stride], [pad, pad], [1, 1], 1);
            value = withMoments
                ? torch.nn.functional.batch_norm(value, weights[next + 3], weights[next + 4], weights[next + 1], weights[next + 2], false, 0.1, 1e-5)
                : torch.nn.functional.batch_norm(value, null, null, weights[next + 1], weights[next + 2], true, 0.1, 1e-5);
            next += withMoments ? 5 : 3;
            return value;
        }
    }
}
