using Tapestry.Benchmarks.Measuring;
using Tapestry.Benchmarks.Models.Training;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Inference;

/// <summary>ResNet-50 on eight pictures, normalized by fixed moments.</summary>
sealed class ResNet50Predict : InferenceJob
{
    const int Batch = 8;

    public override string Name => "ResNet-50 batch 8 at 224, inference, compiled";

    public override Bar Bar => new(2.2, 2.0, 2.5, 0.8);

    public override double? Operations => 2 * Batch * ResNet50.MultiplyAdds;

    public override bool HasLibtorchBest => true;

    protected override double Tolerance => 1e-3;

    protected override Operand[] Inputs(Numbers numbers) => [new(numbers.Normal(Batch * 224 * 224 * 3), [Batch, 224, 224, 3], Operand.ImageOrder), .. ResNet50.Weights(numbers, withMoments: true)];

    protected override Tensor Ours(IReadOnlyList<Variable> inputs) => ResNet50.Apply([.. inputs.Skip(1)], inputs[0], withMoments: true);

    protected override torch.Tensor Theirs(IReadOnlyList<torch.Tensor> inputs) => ResNet50.Apply([.. inputs.Skip(1)], inputs[0], withMoments: true);

    protected override byte[] OnnxModel(int[] inputShape, int[] outputShape) => ResNet50Onnx.Model([.. Operands.Skip(1)], inputShape, outputShape);
}
