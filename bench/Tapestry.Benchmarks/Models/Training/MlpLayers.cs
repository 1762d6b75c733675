using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Training;

/// <summary>Dense layers with ReLU between them.</summary>
static class MlpLayers
{
    static readonly int[] reversed = [1, 0];

    /// <summary>A matrix and a bias for each layer.</summary>
    internal static Operand[] Weights(Numbers numbers, params int[] sizes) =>
    [
        .. sizes.Zip(sizes.Skip(1)).SelectMany(layer => (Operand[])
        [
            new(numbers.Normal(layer.First * layer.Second, 1 / Math.Sqrt(layer.First)), [layer.First, layer.Second], reversed, HasChannels: false),
            new(numbers.Normal(layer.Second, 0.1), [layer.Second]),
        ]),
    ];

    /// <summary>Ours.</summary>
    internal static Tensor Apply(IReadOnlyList<Variable> weights, Tensor x)
    {
        for (var i = 0; i < weights.Count; i += 2)
        {
            x = Ops.MatMul(x, weights[i]) + weights[i + 1];
            if (i + 2 < weights.Count) x = Ops.Relu(x);
        }

        return x;
    }

    /// <summary>libtorch's.</summary>
    internal static torch.Tensor Apply(IReadOnlyList<torch.Tensor> weights, torch.Tensor x)
    {
        for (var i = 0; i < weights.Count; i += 2)
        {
            x = torch.nn.functional.linear(x, weights[i], weights[i + 1]);
            if (i + 2 < weights.Count) x = torch.nn.functional.relu(x);
        }

        return x;
    }
}
