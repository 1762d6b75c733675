using Tapestry.Benchmarks.Measuring;

namespace Tapestry.Benchmarks.Models.Inference;

/// <summary>A network that only answers; ONNX Runtime runs it too. The first operand is what it is asked.</summary>
abstract class InferenceJob : OperationJob
{
    OnnxRuntimeSession? session;

    public override bool HasOnnxRuntime => true;

    public override void PrepareOnnxRuntime(int threads)
    {
        session?.Dispose();
        RunOurs();
        var (input, shape) = Operands[0].InLibtorchOrder();
        int[] outputShape = Result.Shape.ToArray();
        session = new OnnxRuntimeSession(OnnxModel(shape, outputShape), input, shape, outputShape, threads);
        session.Run();
        Agreement.Require($"{Name}, ONNX Runtime", Result.ToArray<float>(), session.Result, Tolerance);
    }

    public override void RunOnnxRuntime() => session!.Run();

    /// <summary>The network in the ONNX format, from "input" to "output".</summary>
    protected abstract byte[] OnnxModel(int[] inputShape, int[] outputShape);
}
