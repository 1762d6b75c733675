using Tapestry.Benchmarks.Measuring;
using Tapestry.Benchmarks.Models.Training;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Inference;

/// <summary>ResNet-50 on eight pictures, normalized by fixed moments.</summary>
sealed class ResNet50Predict : OperationJob
{
    const int Batch = 8;

    OnnxRuntimeSession? session;

    public override string Name => "ResNet-50 batch 8 at 224, inference, compiled";

    public override Bar Bar => new(2.2, 2.0, 2.5, 0.8);

    public override double? Operations => 2 * Batch * ResNet50.MultiplyAdds;

    public override bool HasLibtorchBest => true;

    public override bool HasOnnxRuntime => true;

    protected override double Tolerance => 1e-3;

    public override void PrepareOnnxRuntime(int threads)
    {
        session?.Dispose();
        var (pictures, shape) = Operands[0].InLibtorchOrder();
        session = new OnnxRuntimeSession(ResNet50Onnx.Model([.. Operands.Skip(1)], shape), pictures, shape, [Batch, 1000], threads);
        session.Run();
        RunOurs();
        Agreement.Require($"{Name}, ONNX Runtime", Result.ToArray<float>(), session.Result, Tolerance);
    }

    public override void RunOnnxRuntime() => session!.Run();

    protected override Operand[] Inputs(Numbers numbers) => [new(numbers.Normal(Batch * 224 * 224 * 3), [Batch, 224, 224, 3], Operand.ImageOrder), .. ResNet50.Weights(numbers, withMoments: true)];

    protected override Tensor Ours(IReadOnlyList<Variable> inputs) => ResNet50.Apply([.. inputs.Skip(1)], inputs[0], withMoments: true);

    protected override torch.Tensor Theirs(IReadOnlyList<torch.Tensor> inputs) => ResNet50.Apply([.. inputs.Skip(1)], inputs[0], withMoments: true);
}
