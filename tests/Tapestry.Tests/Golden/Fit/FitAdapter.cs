using System.Text.Json;
using Tapestry.Keras;
using Tapestry.Keras.Configuration;
using Tapestry.Tests.Golden.Losses;

namespace Tapestry.Tests.Golden.Fit;

/// <summary>Whole training runs: histories, weights, evaluation, predictions, steps on single batches.</summary>
sealed class FitAdapter : IGoldenAdapter
{
    public string Group => "fit";

    public bool Implements(GoldenObject golden) => golden.Name is "MlpRegression" or "Classifier" or "ConvNet" or "EmbeddingLstm" or "MultiInputOutput" or "AddLossAndOwnSteps";

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        FitModels.RequireClasses(golden, check);
        Compare(golden, check, eagerly: golden.Field("compile")!.Value.GetProperty("run_eagerly").GetBoolean());
        if (check.Faults.Count == 0) Compare(golden, check, eagerly: true);
    }

    static void Compare(GoldenCase golden, GoldenCheck check, bool eagerly)
    {
        var model = FitModels.Make(golden);
        FitModels.SetWeights(golden, model);
        FitArguments.Compile(golden, model, eagerly);
        var data = golden.Field("data")!.Value;
        var (x, y, weight) = (Data(golden, data.GetProperty("x"))!, Data(golden, data.GetProperty("y")), Data(golden, data.GetProperty("sample_weight")));
        CompareHistory(golden, check, FitArguments.Fit(golden, model, x, y, weight));
        CompareVariables(golden, check, "weights_after", model.Weights);
        CompareVariables(golden, check, "optimizer_variables_after", model.Optimizer.Variables);
        CompareEvaluation(golden, check, model, x, y, weight);
        ComparePredictions(golden, check, model.Predict(x, batchSize: BatchSize(golden), verbose: 0));
        CompareBatches(golden, check, model, x, y, weight);
    }

    internal static Nest? Data(GoldenCase golden, JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => golden.Tensor(json),
        JsonValueKind.Array => Nest.List(json.EnumerateArray().Select(item => Data(golden, item)!)),
        _ => Nest.Dictionary(json.EnumerateObject().Select(entry => KeyValuePair.Create(entry.Name, Data(golden, entry.Value)!))),
    };

    static int BatchSize(GoldenCase golden) => golden.Field("evaluate")!.Value.GetProperty("batch_size").GetInt32();

    static void CompareHistory(GoldenCase golden, GoldenCheck check, History history)
    {
        var expected = golden.Field("history")!.Value;
        check.Equal("epochs", string.Join(", ", expected.GetProperty("epochs").EnumerateArray().Select(epoch => epoch.GetInt32())), string.Join(", ", history.Epochs));
        check.Equal("keys of the history", string.Join(", ", expected.GetProperty("keys").EnumerateArray().Select(key => key.GetString())), string.Join(", ", history.Keys));
        foreach (var entry in expected.GetProperty("values").EnumerateObject())
        {
            if (!history.Contains(entry.Name)) continue;
            Tensor wanted = entry.Value.GetProperty("values").EnumerateArray().Select(Number).ToArray();
            check.Close($"history of {entry.Name}", wanted, history[entry.Name].ToArray(), entry.Value.GetProperty("atol").GetDouble(), entry.Value.GetProperty("rtol").GetDouble());
        }
    }

    static double Number(JsonElement json) => json.ValueKind == JsonValueKind.String ? double.Parse(json.GetString()!, System.Globalization.CultureInfo.InvariantCulture) : json.GetDouble();

    static void CompareVariables(GoldenCase golden, GoldenCheck check, string field, IReadOnlyList<Variable> variables)
    {
        var expected = golden.List(field).ToArray();
        check.Equal(field, string.Join(", ", expected.Select(json => json.GetProperty("path").GetString())), string.Join(", ", variables.Select(variable => variable.Path)));
        for (var i = 0; i < Math.Min(expected.Length, variables.Count); i++) check.Matches($"{field}: {variables[i].Path}", expected[i], variables[i].Value);
    }

    static void CompareEvaluation(GoldenCase golden, GoldenCheck check, Model model, Nest x, Nest? y, Nest? weight)
    {
        var expected = golden.Field("evaluate")!.Value;
        var logs = model.Evaluate(x, y, batchSize: BatchSize(golden), verbose: 0, sampleWeight: weight);
        CompareLogs(check, "evaluate", expected.GetProperty("return_dict"), logs);
    }

    static void CompareLogs(GoldenCheck check, string what, JsonElement expected, Logs logs)
    {
        check.Equal($"keys of {what}", string.Join(", ", expected.GetProperty("keys").EnumerateArray().Select(key => key.GetString())), string.Join(", ", logs.Keys));
        foreach (var entry in expected.GetProperty("values").EnumerateObject())
        {
            if (logs.TryGetValue(entry.Name, out var value)) check.Close($"{what}: {entry.Name}", Number(entry.Value.GetProperty("value")), value, entry.Value.GetProperty("atol").GetDouble(), entry.Value.GetProperty("rtol").GetDouble());
        }
    }

    static void ComparePredictions(GoldenCase golden, GoldenCheck check, Nest predictions)
    {
        foreach (var expected in golden.List("predict"))
        {
            var output = expected.GetProperty("output").GetString()!;
            var actual = output.Length == 0 ? predictions : int.TryParse(output, out var index) ? predictions[index] : predictions[output];
            check.Matches($"prediction {output}", expected, actual.Single());
        }
    }

    static void CompareBatches(GoldenCase golden, GoldenCheck check, Model model, Nest x, Nest? y, Nest? weight)
    {
        if (golden.Field("on_batch") is not { } expected) return;
        var count = BatchSize(golden);
        Nest? First(Nest? nest) => nest?.Map(tensor => Rows(tensor, count));
        var (xs, ys, weights) = (First(x)!, First(y), First(weight));
        CompareLogs(check, "TestOnBatch", expected.GetProperty("test_dict"), model.TestOnBatch(xs, ys, weights));
        model.TestOnBatch(xs, ys, weights);
        CompareLogs(check, "TrainOnBatch", expected.GetProperty("train_dict"), model.TrainOnBatch(xs, ys, weights));
        // The list has the loss first, whatever follows.
        var list = expected.GetProperty("train_list");
        var loss = list.TryGetProperty("values", out var values) ? values[0] : list.GetProperty("value");
        var second = model.TrainOnBatch(xs, ys, weights);
        if (second.TryGetValue("loss", out var actual)) check.Close("second TrainOnBatch", Number(loss), actual, list.GetProperty("atol").GetDouble(), list.GetProperty("rtol").GetDouble());
    }

    static Tensor Rows(Tensor tensor, int count)
    {
        var rows = Tensor.Allocate(tensor.DType, new Shape([count, .. tensor.Shape.Dimensions[1..]]));
        tensor.Bytes[..rows.Bytes.Length].CopyTo(rows.Bytes);
        return rows;
    }
}

/// <summary>Hands the arguments of the golden runs on.</summary>
static class FitArguments
{
    internal static void Compile(GoldenCase golden, Model model, bool eagerly)
    {
        var compile = (Dictionary<string, object?>)GoldenConfig.Value(golden.Field("compile")!.Value)!;
        model.Compile(
            (Optimizer)ObjectConfig.Deserialize(typeof(Optimizer), (Dictionary<string, object?>)compile["optimizer"]!, "optimizer"),
            Losses(WithDelta(golden, compile.GetValueOrDefault("loss"))),
            Weights(compile.GetValueOrDefault("loss_weights")),
            Metrics(compile.GetValueOrDefault("metrics")),
            Metrics(compile.GetValueOrDefault("weighted_metrics")),
            runEagerly: eagerly,
            stepsPerExecution: (int)(long)compile["steps_per_execution"]!);
    }

    internal static History Fit(GoldenCase golden, Model model, Nest x, Nest? y, Nest? weight)
    {
        var fit = (Dictionary<string, object?>)GoldenConfig.Value(golden.Field("fit")!.Value)!;
        int? Whole(string name) => (int?)(long?)fit.GetValueOrDefault(name);
        var validation = golden.Field("data")!.Value.GetProperty("validation_data");
        return model.Fit(
            x,
            y,
            batchSize: Whole("batch_size") ?? 32,
            epochs: Whole("epochs") ?? 1,
            verbose: 0,
            validationSplit: fit.GetValueOrDefault("validation_split") is double split ? split : 0,
            validationData: validation.ValueKind == JsonValueKind.Null ? null : new Batch(
                FitAdapter.Data(golden, validation[0])!,
                FitAdapter.Data(golden, validation[1]),
                validation.GetArrayLength() > 2 ? FitAdapter.Data(golden, validation[2]) : null),
            shuffle: false,
            classWeight: (fit.GetValueOrDefault("class_weight") as Dictionary<string, object?>)?.ToDictionary(entry => int.Parse(entry.Key), entry => Convert.ToDouble(entry.Value)),
            sampleWeight: weight,
            initialEpoch: Whole("initial_epoch") ?? 0,
            stepsPerEpoch: Whole("steps_per_epoch"),
            validationSteps: Whole("validation_steps"),
            validationBatchSize: Whole("validation_batch_size"),
            validationFreq: fit.GetValueOrDefault("validation_freq") switch
            {
                long every => (int)every,
                List<object?> epochs => epochs.Select(epoch => (int)(long)epoch!).ToArray(),
                _ => null,
            });
    }

    static bool IsObject(object? value) => value is Dictionary<string, object?> dictionary && dictionary.ContainsKey("class_name");

    static LossChoice? Loss(object? value) => value switch
    {
        null => null,
        string name => (LossChoice)name,
        _ => (Loss)ObjectConfig.Deserialize(typeof(Loss), (Dictionary<string, object?>)value, "loss"),
    };

    static object? WithDelta(GoldenCase golden, object? loss)
    {
        if (IsObject(loss) && loss is Dictionary<string, object?> { } huber && huber["class_name"] is "Huber" && huber["config"] is Dictionary<string, object?> config && !config.ContainsKey("delta"))
            config["delta"] = HuberDelta.OfRun(golden, (Reduction)ObjectConfig.Read(config["reduction"], typeof(Reduction), "Huber")!);
        return loss;
    }

    static LossAssignment? Losses(object? value)
    {
        if (value is null) return null;
        if (value is string name) return name;
        if (IsObject(value)) return (Loss)ObjectConfig.Deserialize(typeof(Loss), (Dictionary<string, object?>)value, "loss");
        if (value is List<object?> list) return [.. list.Select(Loss)];
        var named = new LossAssignment();
        foreach (var (key, each) in (Dictionary<string, object?>)value) named[key] = Loss(each);
        return named;
    }

    static LossWeights? Weights(object? value)
    {
        if (value is null) return null;
        if (value is List<object?> list) return [.. list.Select(Convert.ToDouble)];
        var named = new LossWeights();
        foreach (var (key, each) in (Dictionary<string, object?>)value) named[key] = Convert.ToDouble(each);
        return named;
    }

    static MetricChoice Metric(object? value) => value is string name ? (MetricChoice)name : (Metric)ObjectConfig.Deserialize(typeof(Metric), (Dictionary<string, object?>)value!, "metric");

    static MetricGroup Group(object? value) => value is List<object?> list ? [.. list.Select(Metric)] : [Metric(value)];

    static MetricAssignment? Metrics(object? value)
    {
        if (value is null) return null;
        if (value is List<object?> list) return [.. list.Select(Group)];
        var named = new MetricAssignment();
        foreach (var (key, each) in (Dictionary<string, object?>)value) named[key] = Group(each);
        return named;
    }
}
