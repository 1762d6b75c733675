using Tapestry.Keras;
using Tapestry.Keras.Configuration;
using Tapestry.Keras.Metrics;

namespace Tapestry.Tests.Golden.Metrics;

/// <summary>Metrics as functions, which here are what the classes take the mean of.</summary>
sealed class MetricFunctionsAdapter : IGoldenAdapter
{
    public string Group => "metrics";

    public bool Implements(GoldenObject golden) => golden.Name == "Functions";

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        var name = golden.Json.GetProperty("function").GetString()!["keras.metrics.".Length..];
        var type = ObjectRegistry.Find(typeof(Metric), name);
        if (type is null) check.Missing($"keras.metrics.{name}");
        var inputs = golden.Json.GetProperty("inputs");
        var metric = (MeanMetricWrapper)ObjectConfig.Create(type!, GoldenConfig.Of(golden));
        check.Matches("values", golden.List("outputs").Single(), metric.Values(golden.Tensor(inputs.GetProperty("y_true")), golden.Tensor(inputs.GetProperty("y_pred"))));
    }
}
