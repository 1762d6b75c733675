using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Training;

/// <summary>A network of the size of MNIST pictures: matrix products with a batch of 128.</summary>
sealed class MlpMnist() : TrainingJob(compiled: true)
{
    const int Batch = 128;

    public override string Name => "MLP 784-512-512-10 batch 128, Adam step, compiled";

    public override Bar Bar => new(2.5, 1.8, 3, 0.62);

    // The first layer needs no gradient of its input.
    public override double? Operations => 2.0 * Batch * (2 * 784 * 512 + 3 * 512 * 512 + 3 * 512 * 10);

    protected override int? Classes => 10;

    protected override Operand[] Weights(Numbers numbers) => MlpLayers.Weights(numbers, 784, 512, 512, 10);

    protected override Operand Input(Numbers numbers) => new(numbers.Normal(Batch * 784), [Batch, 784]);

    protected override Tensor Loss(IReadOnlyList<Variable> weights, Tensor x, Tensor target) =>
        Ops.Mean(Ops.SparseSoftmaxCrossEntropyWithLogits(target, MlpLayers.Apply(weights, x)));

    protected override torch.Tensor Loss(IReadOnlyList<torch.Tensor> weights, torch.Tensor x, torch.Tensor target) =>
        torch.nn.functional.cross_entropy(MlpLayers.Apply(weights, x), target);
}
