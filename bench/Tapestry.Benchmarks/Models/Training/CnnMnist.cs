using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Training;

/// <summary>The network of the MNIST sample: two convolutions, pooling, two dense layers.</summary>
sealed class CnnMnist() : TrainingJob(compiled: true)
{
    const int Batch = 128;

    public override string Name => "MNIST CNN 32-64-pool-128-10 batch 128, Adam step, compiled";

    public override Bar Bar => new(1.6, 1.6, 2.5, 0.45);

    public override double? Operations => 2.0 * Batch * ((2 * 26 * 26 * 9 * 32) + 3 * ((24 * 24 * 9 * 32 * 64) + (9216 * 128) + (128 * 10)));

    protected override int? Classes => 10;

    protected override Operand[] Weights(Numbers numbers) =>
    [
        new(numbers.Normal(9 * 32, 1.0 / 3), [3, 3, 1, 32], Operand.FilterOrder),
        new(numbers.Normal(32, 0.1), [32]),
        new(numbers.Normal(9 * 32 * 64, 1.0 / 17), [3, 3, 32, 64], Operand.FilterOrder),
        new(numbers.Normal(64, 0.1), [64]),
        new(numbers.Normal(9216 * 128, 1.0 / 96), [12, 12, 64, 128], Operand.FilterOrder, HasChannels: false),
        new(numbers.Normal(128, 0.1), [128]),
        new(numbers.Normal(128 * 10, 1.0 / 11), [1, 1, 128, 10], Operand.FilterOrder, HasChannels: false),
        new(numbers.Normal(10, 0.1), [10]),
    ];

    protected override Operand Input(Numbers numbers) => new(numbers.Normal(Batch * 784), [Batch, 28, 28, 1], Operand.ImageOrder);

    protected override Tensor Loss(IReadOnlyList<Variable> weights, Tensor x, Tensor target)
    {
        x = Ops.Relu(Ops.Conv2D(x, weights[0]) + weights[1]);
        x = Ops.Relu(Ops.Conv2D(x, weights[2]) + weights[3]);
        x = Ops.MaxPool(x, [2]);
        x = Ops.Relu(Ops.MatMul(Ops.Reshape(x, [-1, 9216]), Ops.Reshape(weights[4], [9216, 128])) + weights[5]);
        x = Ops.MatMul(x, Ops.Reshape(weights[6], [128, 10])) + weights[7];
        return Ops.Mean(Ops.SparseSoftmaxCrossEntropyWithLogits(target, x));
    }

    protected override torch.Tensor Loss(IReadOnlyList<torch.Tensor> weights, torch.Tensor x, torch.Tensor target)
    {
        x = torch.nn.functional.relu(torch.nn.functional.conv2d(x, weights[0], weights[1], [1, 1], [0, 0], [1, 1], 1));
        x = torch.nn.functional.relu(torch.nn.functional.conv2d(x, weights[2], weights[3], [1, 1], [0, 0], [1, 1], 1));
        x = torch.nn.functional.max_pool2d(x, 2);
        x = torch.nn.functional.relu(torch.nn.functional.linear(x.reshape(-1, 9216), weights[4].view(128, 9216), weights[5]));
        x = torch.nn.functional.linear(x, weights[6].view(10, 128), weights[7]);
        return torch.nn.functional.cross_entropy(x, target);
    }
}
