using System.Text.Json;
using Tapestry.Keras;
using Tapestry.Keras.Configuration;

namespace Tapestry.Tests.Golden.Metrics;

/// <summary>What the names of metrics stand for, alone and for the shapes of targets and predictions.</summary>
sealed class MetricNamesAdapter : IGoldenAdapter
{
    public string Group => "metrics";

    public bool Implements(GoldenObject golden) => golden.Name == "StringResolution";

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        foreach (var entry in golden.Object.Document.GetProperty("get").EnumerateObject())
        {
            var name = entry.Value.GetProperty("name").GetString()!;
            if (entry.Value.GetProperty("kind").GetString() == "error") check.Refuses(entry.Name, () => _ = (Metric)entry.Name);
            else if (GoldenConfig.Knows<Metric>(name)) check.Equal(entry.Name, name, ObjectNames.Of(((Metric)entry.Name).GetType()));
        }

        foreach (var row in golden.Object.Document.GetProperty("by_shape").EnumerateArray())
        {
            // Where the loss does not fit no metric is asked for.
            if (!row.TryGetProperty("class", out var expected)) continue;
            Tensor Of(string shape) => Ops.Ones([.. row.GetProperty(shape).EnumerateArray().Select(dimension => dimension.ValueKind == JsonValueKind.String ? 6 : dimension.GetInt32())]);
            var text = row.GetProperty("string").GetString()!;
            var metric = ((MetricChoice)text).For(Of("y_true_shape"), Of("y_pred_shape"));
            var what = $"{text} of {Of("y_true_shape").Shape}, {Of("y_pred_shape").Shape}";
            check.Equal(what, expected.GetString()!, ObjectNames.Of(metric.GetType()));
            check.Equal($"{what}: name", row.GetProperty("metric_name").GetString()!, metric.Name);
        }
    }
}

/// <summary>A metric of a user's own, whose result has two entries: how often signs were equal, and the sum of a state that does not begin with zeros.</summary>
sealed class OwnMetricAdapter : IGoldenAdapter
{
    public string Group => "metrics";

    public bool Implements(GoldenObject golden) => golden.Name == "Metric";

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        var metric = new Agreement();
        foreach (var update in golden.List("updates"))
        {
            metric.UpdateState(golden.Tensor(update.GetProperty("y_true")), golden.Tensor(update.GetProperty("y_pred")));
            foreach (var expected in update.GetProperty("result").EnumerateObject()) check.Matches(expected.Name, expected.Value, metric.Results()[expected.Name]);
        }

        foreach (var (expected, actual) in golden.List("variables").Zip(metric.Variables))
        {
            check.Equal("name", expected.GetProperty("name").GetString()!, actual.Name);
            check.Matches(actual.Name, expected, actual.Value);
        }

        metric.ResetState();
        check.True("after reset", metric.Variables.All(variable => variable.Value.ToArray<float>().All(value => value == 0)), "a variable is not zero");
    }

    sealed class Agreement : Metric
    {
        readonly Variable hits;
        readonly Variable seen;

        internal Agreement()
        {
            hits = AddVariable("hits", []);
            seen = AddVariable("seen", [2]);
            seen.Assign(Ops.Ones([2]));
        }

        public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null)
        {
            hits.AssignAdd(Ops.Sum(Ops.Cast(Ops.Equal(Ops.Sign(yTrue), Ops.Sign(yPred)), DType.Float32)));
            seen.AssignAdd(new float[] { 1, 2 });
        }

        public override Tensor Result() => hits.Value;

        public override IReadOnlyDictionary<string, Tensor> Results() => new Dictionary<string, Tensor> { ["hits"] = hits.Value, ["seen"] = Ops.Sum(seen) };
    }
}
