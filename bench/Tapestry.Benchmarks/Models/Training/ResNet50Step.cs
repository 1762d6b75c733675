using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Training;

/// <summary>One training step of ResNet-50 on four pictures.</summary>
sealed class ResNet50Step() : TrainingJob(compiled: true)
{
    const int Batch = 4;

    public override string Name => "ResNet-50 batch 4 at 224, Adam step, compiled";

    public override Bar Bar => new(1.4, 1.2, 2, 0.55);

    public override double? Operations => 3 * 2 * Batch * ResNet50.MultiplyAdds;

    protected override int? Classes => 1000;

    // Rounding decides the sign of gradients that are all but zero, and with it the direction of the first step.
    protected override double StepTolerance => 2.1;

    // Fifty layers that are normalized by four pictures amplify it.
    protected override double MeanStepTolerance => 0.25;

    protected override double LossTolerance => 1e-3;

    protected override Operand[] Weights(Numbers numbers) => ResNet50.Weights(numbers, withMoments: false);

    protected override Operand Input(Numbers numbers) => new(numbers.Normal(Batch * 224 * 224 * 3), [Batch, 224, 224, 3], Operand.ImageOrder);

    protected override Tensor Loss(IReadOnlyList<Variable> weights, Tensor x, Tensor target) => Ops.Mean(Ops.SparseSoftmaxCrossEntropyWithLogits(target, ResNet50.Apply(weights, x, withMoments: false)));

    protected override torch.Tensor Loss(IReadOnlyList<torch.Tensor> weights, torch.Tensor x, torch.Tensor target) => torch.nn.functional.cross_entropy(ResNet50.Apply(weights, x, withMoments: false), target);
}
