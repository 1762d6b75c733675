using Microsoft.ML.OnnxRuntime;

namespace Tapestry.Benchmarks.Models.Inference;

/// <summary>A model in ONNX Runtime with one input and one output, both in memory of ours, so that a call copies nothing.</summary>
sealed class OnnxRuntimeSession : IDisposable
{
    static readonly string[] inputNames = ["input"], outputNames = ["output"];

    readonly SessionOptions settings;
    readonly InferenceSession session;
    readonly RunOptions options = new();
    readonly OrtValue[] inputs, outputs;

    internal OnnxRuntimeSession(byte[] model, float[] input, int[] inputShape, int[] outputShape, int threads)
    {
        settings = new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1 };
        session = new InferenceSession(model, settings);
        Result = new float[outputShape.Aggregate(1, (size, length) => size * length)];
        inputs = [OrtValue.CreateTensorValueFromMemory(input, [.. inputShape.Select(length => (long)length)])];
        outputs = [OrtValue.CreateTensorValueFromMemory(Result, [.. outputShape.Select(length => (long)length)])];
    }

    /// <summary>The values of the last call.</summary>
    internal float[] Result { get; }

    public void Dispose()
    {
        inputs[0].Dispose();
        outputs[0].Dispose();
        options.Dispose();
        session.Dispose();
        settings.Dispose();
    }

    /// <summary>Calls the model.</summary>
    internal void Run() => session.Run(options, inputNames, inputs, outputNames, outputs);
}
