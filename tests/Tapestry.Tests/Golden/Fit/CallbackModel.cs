using System.Text.Json;
using Tapestry.Keras;
using Tapestry.Keras.Configuration;
using Tapestry.Keras.Layers;

namespace Tapestry.Tests.Golden.Fit;

/// <summary>A small model for callbacks.</summary>
static class CallbackModel
{
    internal static Model Make(double learningRate = 0.05, int inputs = 2, MetricAssignment? metrics = null, int stepsPerExecution = 1)
    {
        var model = new Sequential([new Input([inputs]), new Dense(1)]);
        model.Compile(new SGD(learningRate), "mse", metrics: metrics, stepsPerExecution: stepsPerExecution);
        return model;
    }

    internal static void SetWeights(GoldenCase golden, Model model) => model.SetWeights([.. golden.List("weights").Select(golden.Tensor)]);

    internal static double Number(JsonElement json) => json.ValueKind == JsonValueKind.String ? json.GetString() switch { "NaN" => double.NaN, "Infinity" => double.PositiveInfinity, _ => double.NegativeInfinity } : json.GetDouble();

    /// <summary>A callback from its configuration.</summary>
    internal static T Create<T>(GoldenCase golden, string? monitor)
    {
        var config = GoldenConfig.Of(golden);
        if (monitor is not null) config["monitor"] = monitor;
        return (T)ObjectConfig.Create(typeof(T), config);
    }
}
