using System.Text.Json;
using Tapestry.Keras;
using Tapestry.Keras.Metrics;

namespace Tapestry.Tests.Golden.Metrics;

/// <summary>Metrics: results after each update, states, and what is left after a reset.</summary>
sealed class MetricsAdapter : IGoldenAdapter
{
    public string Group => "metrics";

    public bool Implements(GoldenObject golden) => GoldenConfig.Knows<Metric>(golden) || golden.Name is "MeanMetricWrapper";

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        if (golden.Field("error") is not null) Refuses(golden, check);
        else Compare(golden, check);
    }

    static void Refuses(GoldenCase golden, GoldenCheck check) => check.Refuses("the calls", () =>
    {
        var metric = Make(golden);
        foreach (var update in golden.List("updates")) Update(metric, golden, update);
        if (golden.Field("shapes") is { } shapes)
        {
            Tensor? Of(string name) => shapes.TryGetProperty(name, out var shape) ? Ops.Ones(shape.EnumerateArray().Select(dimension => dimension.GetInt32()).ToArray()) : null;
            if (Of("values") is { } values) Update(metric, values, null, Of("sample_weight"));
            else metric.UpdateState(Of("y_true")!, Of("y_pred")!, Of("sample_weight"));
        }

        if (golden.Field("shapes") is null && golden.Field("updates") is null) Misuse(metric, golden.Field("error")!.Value.GetProperty("about").GetString()!);
        metric.Result();
    });

    // Calls that are told in words.
    static void Misuse(Metric metric, string about)
    {
        if (about.StartsWith("label and prediction shapes differ", StringComparison.Ordinal)) metric.UpdateState(Ops.Ones([4]), Ops.Ones([3]));
        else if (about.StartsWith("class_id outside", StringComparison.Ordinal)) metric.UpdateState(Ops.Ones([4, 3]), Ops.Ones([4, 3]));
        else if (about.StartsWith("multi_label needs rank 2", StringComparison.Ordinal)) metric.UpdateState(Ops.Ones([4]), Ops.Ones([4]));
    }

    static void Compare(GoldenCase golden, GoldenCheck check)
    {
        var metric = Make(golden);
        var results = new List<Tensor>();
        foreach (var update in golden.List("updates"))
        {
            Update(metric, golden, update);
            results.Add(metric.Result());
        }

        check.Matches("results", golden.Field("results")!.Value, Stack(results));
        var expected = golden.List("variables").ToArray();
        check.Equal("variables", string.Join(", ", expected.Select(json => json.GetProperty("name").GetString())), string.Join(", ", metric.Variables.Select(variable => variable.Name)));
        for (var i = 0; i < Math.Min(expected.Length, metric.Variables.Count); i++) check.Matches(metric.Variables[i].Name, expected[i], metric.Variables[i].Value);
        if (golden.Field("after_reset") is not { } reset) return;
        metric.ResetState();
        if (reset.GetProperty("all_variables_zero").GetBoolean()) check.True("after reset", metric.Variables.All(variable => Ops.Cast(variable.Value, DType.Float64).ToArray<double>().All(value => value == 0)), "a variable is not zero");
        var after = Ops.Cast(metric.Result(), DType.Float64).ToArray<double>();
        var wanted = reset.GetProperty("result");
        var numbers = wanted.ValueKind == JsonValueKind.Array ? wanted.EnumerateArray().Select(Number).ToArray() : [Number(wanted)];
        check.Equal("result after reset", string.Join(", ", numbers), string.Join(", ", after));
    }

    static double Number(JsonElement json) => json.ValueKind == JsonValueKind.String ? double.NaN : json.GetDouble();

    static Metric Make(GoldenCase golden)
    {
        var config = GoldenConfig.Of(golden);
        // The original leaves the axis out of its configuration; the cases of the third option have the first one.
        if (golden.Object.Name == "CosineSimilarity" && golden.Name.Contains("opt2")) config["axis"] = 0L;
        if (golden.Object.Name != "MeanMetricWrapper") return GoldenConfig.Create<Metric>(golden, config);
        var delta = config.GetValueOrDefault("delta") is double given ? given : 1.0;
        if (golden.Name.Contains("huber")) return new MeanMetricWrapper(new Tapestry.Keras.Losses.Huber(delta).Call, (string)config["name"]!, (string?)config.GetValueOrDefault("dtype") ?? "float32");
        if (golden.Name.Contains("function_scalar")) return new MeanMetricWrapper((yTrue, yPred) => Ops.Mean(yTrue - yPred), (string)config["name"]!, (string?)config.GetValueOrDefault("dtype") ?? "float32");
        throw new GoldenSkipException("the function of this case is not known");
    }

    static void Update(Metric metric, GoldenCase golden, JsonElement update)
    {
        Tensor? Of(string name) => update.TryGetProperty(name, out var key) && key.ValueKind != JsonValueKind.Null ? golden.Tensor(key) : null;
        var weight = Of("sample_weight");
        if (Of("values") is { } values)
        {
            Update(metric, values, Of("mask"), weight);
            return;
        }

        var yPred = Of("y_pred")!;
        yPred.Mask = Of("mask");
        metric.UpdateState(Of("y_true")!, yPred, weight);
    }

    static void Update(Metric metric, Tensor values, Tensor? mask, Tensor? weight)
    {
        values.Mask = mask;
        if (metric is Mean mean) mean.UpdateState(values, weight);
        else ((Sum)metric).UpdateState(values, weight);
    }

    static Tensor Stack(List<Tensor> results)
    {
        var stacked = Tensor.Allocate(results[0].DType, new Shape([results.Count, .. results[0].Shape.Dimensions]));
        for (var i = 0; i < results.Count; i++) results[i].Bytes.CopyTo(stacked.Bytes[(i * results[i].Bytes.Length)..]);
        return stacked;
    }
}
