using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Training;

/// <summary>A network so small that only the cost of calls counts.</summary>
sealed class MlpTiny(bool compiled) : TrainingJob(compiled)
{
    public static IEnumerable<Job> Variants => [new MlpTiny(false), new MlpTiny(true)];

    public override string Name { get; } = $"MLP 5-16-16-1 batch 2, Adam step, {(compiled ? "compiled" : "eager")}";

    public override Bar Bar { get; } = compiled ? new(60, Aim: 150) : new(12, Aim: 20);

    protected override Operand[] Weights(Numbers numbers) => MlpLayers.Weights(numbers, 5, 16, 16, 1);

    protected override Operand Input(Numbers numbers) => new(numbers.Normal(10), [2, 5]);

    protected override Tensor Loss(IReadOnlyList<Variable> weights, Tensor x, Tensor target) => Ops.Mean(Ops.Square(MlpLayers.Apply(weights, x) - target));

    protected override torch.Tensor Loss(IReadOnlyList<torch.Tensor> weights, torch.Tensor x, torch.Tensor target) =>
        torch.nn.functional.mse_loss(MlpLayers.Apply(weights, x), target);
}
