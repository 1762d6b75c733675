using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
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

/// <summary>Early stopping, driven by hand.</summary>
sealed class EarlyStoppingAdapter : IGoldenAdapter
{
    public string Group => "fit";

    public bool Implements(GoldenObject golden) => golden.Name == "EarlyStopping";

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        if (golden.Field("error") is not null)
        {
            check.Refuses("the callback", () =>
            {
                var refused = CallbackModel.Create<EarlyStopping>(golden, null);
                refused.Model = CallbackModel.Make();
                refused.OnTrainBegin([]);
                refused.OnEpochEnd(0, new Logs { [refused.Monitor] = 1 });
            });
            return;
        }

        if (golden.Name.Contains("missing_monitor", StringComparison.Ordinal))
        {
            var deaf = new EarlyStopping { Model = CallbackModel.Make() };
            deaf.OnTrainBegin([]);
            deaf.OnEpochEnd(0, new Logs { ["loss"] = 1 });
            check.Equal("stop", golden.Json.GetProperty("stop").GetBoolean(), deaf.Model.StopTraining);
            return;
        }

        var monitor = golden.Field("monitor")?.GetString() ?? "val_loss";
        var callback = CallbackModel.Create<EarlyStopping>(golden, monitor);
        var model = CallbackModel.Make(metrics: ["accuracy"]);
        model.TrainOnBatch(Ops.Ones([1, 2]), Ops.Ones([1, 1]));
        callback.Model = model;
        callback.OnTrainBegin([]);
        var epoch = 0;
        foreach (var expected in golden.List("epochs"))
        {
            model.Weights[0].Assign(Ops.Fill([2, 1], epoch + 1));
            callback.OnEpochEnd(epoch, new Logs { ["loss"] = 1, [monitor] = CallbackModel.Number(expected.GetProperty("value")) });
            check.Equal($"stop after epoch {epoch}", expected.GetProperty("stop").GetBoolean(), model.StopTraining);
            check.Equal($"wait after epoch {epoch}", expected.GetProperty("wait").GetInt32(), callback.Wait);
            check.Equal($"best epoch after epoch {epoch}", expected.GetProperty("best_epoch").GetInt32(), callback.BestEpoch);
            check.Equal($"stopped epoch after epoch {epoch}", expected.GetProperty("stopped_epoch").GetInt32(), callback.StoppedEpoch);
            var best = expected.GetProperty("best");
            check.Equal($"best after epoch {epoch}", best.ValueKind == JsonValueKind.Null ? null : CallbackModel.Number(best), callback.Best);
            epoch++;
        }

        callback.OnTrainEnd([]);
        check.Close("kernel at the end", golden.Field("kernel_value_at_end")!.Value.GetDouble(), model.Weights[0].Value.ToArray<float>()[0], 0, 0);
    }
}

/// <summary>The learning rate on a plateau, driven by hand.</summary>
sealed class ReduceLROnPlateauAdapter : IGoldenAdapter
{
    public string Group => "fit";

    public bool Implements(GoldenObject golden) => golden.Name == "ReduceLROnPlateau";

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        if (golden.Field("error") is not null)
        {
            check.Refuses("the constructor", () => CallbackModel.Create<ReduceLROnPlateau>(golden, null));
            return;
        }

        var callback = CallbackModel.Create<ReduceLROnPlateau>(golden, null);
        var model = CallbackModel.Make(0.1, metrics: ["accuracy"]);
        model.TrainOnBatch(Ops.Ones([1, 2]), Ops.Ones([1, 1]));
        callback.Model = model;
        callback.OnTrainBegin([]);
        var epoch = 0;
        foreach (var expected in golden.List("epochs"))
        {
            var logs = new Logs { [callback.Monitor] = CallbackModel.Number(expected.GetProperty("value")) };
            callback.OnEpochEnd(epoch, logs);
            check.Close($"learning rate after epoch {epoch}", expected.GetProperty("learning_rate").GetDouble(), model.Optimizer.LearningRate, 0, 2e-7);
            check.Equal($"wait after epoch {epoch}", expected.GetProperty("wait").GetInt32(), callback.Wait);
            check.Equal($"cooldown after epoch {epoch}", expected.GetProperty("cooldown_counter").GetInt32(), callback.CooldownCounter);
            check.Equal($"best after epoch {epoch}", CallbackModel.Number(expected.GetProperty("best")), callback.Best);
            check.Equal($"logs after epoch {epoch}", string.Join(", ", expected.GetProperty("logs_after").EnumerateArray().Select(key => key.GetString())), string.Join(", ", logs.Keys.Order()));
            epoch++;
        }
    }
}

/// <summary>The scheduler of the learning rate, driven by hand.</summary>
sealed class LearningRateSchedulerAdapter : IGoldenAdapter
{
    public string Group => "fit";

    public bool Implements(GoldenObject golden) => golden.Name == "LearningRateScheduler";

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        if (golden.Field("error") is not null)
        {
            check.True("schedule", typeof(LearningRateScheduler).GetConstructors().All(made => made.GetParameters()[0].ParameterType.GetMethod("Invoke")?.ReturnType == typeof(double)), "it may give something that is no number");
            return;
        }

        Func<int, double, double> schedule = golden.Field("note")!.Value.GetString()!.Contains("lr * 0.5", StringComparison.Ordinal) ? (_, rate) => rate * 0.5 : (epoch, _) => 0.1 / (1 + epoch);
        var callback = new LearningRateScheduler(schedule) { Model = CallbackModel.Make(0.1) };
        var epoch = 0;
        foreach (var expected in golden.List("epochs"))
        {
            var logs = new Logs { ["loss"] = 1 };
            callback.OnEpochBegin(epoch, []);
            callback.OnEpochEnd(epoch++, logs);
            check.Close($"rate of epoch {epoch}", expected.GetProperty("learning_rate").GetDouble(), callback.Model.Optimizer.LearningRate, 0, 1e-6);
            foreach (var entry in expected.GetProperty("logs_after").EnumerateObject()) check.Close($"{entry.Name} of epoch {epoch}", entry.Value.GetDouble(), logs[entry.Name], 0, 1e-6);
        }
    }
}

/// <summary>The end of training by a loss that is not finite.</summary>
sealed class TerminateOnNaNAdapter : IGoldenAdapter
{
    public string Group => "fit";

    public bool Implements(GoldenObject golden) => golden.Name == "TerminateOnNaN";

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        var model = CallbackModel.Make();
        var output = new StringWriter { NewLine = "\n" };
        model.Trainer.Output = output;
        var callback = CallbackModel.Create<TerminateOnNaN>(golden, null);
        callback.Model = model;
        if (golden.Field("error") is not null)
        {
            check.Refuses("the batch", () => callback.OnTrainBatchEnd(3, new Logs { ["loss"] = double.NaN }));
            return;
        }

        callback.OnTrainBatchEnd(3, new Logs { ["loss"] = CallbackModel.Number(golden.Json.GetProperty("loss")) });
        check.Equal("stop", golden.Json.GetProperty("stop").GetBoolean(), model.StopTraining);
        check.Equal("text", golden.Json.GetProperty("text").GetString(), output.ToString());
    }
}

/// <summary>The file of numbers.</summary>
sealed class CSVLoggerAdapter : IGoldenAdapter
{
    public string Group => "fit";

    public bool Implements(GoldenObject golden) => golden.Name == "CSVLogger";

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        var file = Path.GetTempFileName();
        try
        {
            var (config, fit) = (GoldenConfig.Of(golden), golden.Json.GetProperty("fit"));
            var (separator, append) = (config.GetValueOrDefault("separator") as string ?? ",", config.GetValueOrDefault("append") is true);
            var model = CallbackModel.Make(metrics: ["mae"]);
            CallbackModel.SetWeights(golden, model);
            var data = golden.Json.GetProperty("data");
            Tensor x = golden.Tensor(data.GetProperty("x")), y = golden.Tensor(data.GetProperty("y"));
            void Fit(int epochs)
            {
                Callback[] callbacks = [new CSVLogger(file, separator, append)];
                if (fit.TryGetProperty("sched", out _)) callbacks = [new LearningRateScheduler((_, rate) => rate * 0.5), .. callbacks];
                var validation = fit.TryGetProperty("val", out _) ? new Batch(First(x, 5), First(y, 5)) : null;
                model.Fit(x, y, batchSize: 4, epochs: epochs, verbose: 0, callbacks: callbacks, shuffle: false, validationData: validation, validationFreq: fit.TryGetProperty("validation_freq", out var every) ? every.GetInt32() : 1);
            }

            File.Delete(file);
            Fit(fit.GetProperty("epochs").GetInt32());
            if (fit.TryGetProperty("twice", out _)) Fit(2);
            Compare(golden, check, File.ReadAllText(file), separator);
        }
        finally
        {
            File.Delete(file);
        }
    }

    static void Compare(GoldenCase golden, GoldenCheck check, string text, string separator)
    {
        var rows = text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(separator)).ToArray();
        var expected = golden.List("rows").Select(row => row.EnumerateArray().Select(cell => cell.GetString()!).ToArray()).ToArray();
        check.Equal("rows", expected.Length, rows.Length);
        for (var i = 0; i < Math.Min(rows.Length, expected.Length); i++)
        {
            check.Equal($"cells of row {i}", expected[i].Length, rows[i].Length);
            for (var j = 0; j < Math.Min(rows[i].Length, expected[i].Length); j++)
            {
                if (double.TryParse(expected[i][j], CultureInfo.InvariantCulture, out var number) && double.TryParse(rows[i][j], CultureInfo.InvariantCulture, out var actual)) check.Close($"cell {i}, {j}", number, actual, golden.Json.GetProperty("atol").GetDouble(), golden.Json.GetProperty("rtol").GetDouble());
                else check.Equal($"cell {i}, {j}", expected[i][j], rows[i][j]);
            }
        }
    }

    internal static Tensor First(Tensor tensor, int count)
    {
        var rows = Tensor.Allocate(tensor.DType, new Shape([count, .. tensor.Shape.Dimensions[1..]]));
        tensor.Bytes[..rows.Bytes.Length].CopyTo(rows.Bytes);
        return rows;
    }
}

/// <summary>The order of the hooks, with the keys of their logs.</summary>
sealed class HookOrderAdapter : IGoldenAdapter
{
    public string Group => "fit";

    public bool Implements(GoldenObject golden) => golden.Name == "HookOrder";

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        var samples = golden.Json.GetProperty("samples").GetInt32();
        var isLambda = golden.Name.Contains("lambda", StringComparison.Ordinal);
        var executions = golden.Field("compile") is { } compile && compile.TryGetProperty("steps_per_execution", out var steps) ? steps.GetInt32() : 1;
        var model = CallbackModel.Make(metrics: isLambda ? null : ["mae"], stepsPerExecution: executions);
        Tensor x = Ops.Ones([samples, 2]), y = Ops.Ones([samples, 1]);
        var calls = new List<string>();
        var parameters = golden.Field("params");
        var epochs = parameters?.GetProperty("epochs").GetInt32() ?? 2;
        var validation = golden.Field("validation_samples") is { } count ? new Batch(Ops.Ones([count.GetInt32(), 2]), Ops.Ones([count.GetInt32(), 1])) : null;
        var every = golden.Field("fit") is { } fit && fit.TryGetProperty("validation_freq", out var frequency) ? frequency.GetInt32() : 1;
        var recorder = Recorder(calls, golden.Name.Contains("stop_in_batch", StringComparison.Ordinal));
        var history = model.Fit(x, y, batchSize: 4, epochs: epochs, verbose: 0, callbacks: [recorder], shuffle: false, validationData: validation, validationFreq: every);
        if (parameters is { } wanted)
        {
            check.Equal("epochs", epochs, recorder.Parameters.Epochs);
            check.Equal("steps", wanted.GetProperty("steps").GetInt32(), recorder.Parameters.Steps);
            model.Evaluate(x, y, batchSize: 4, verbose: 0, callbacks: [Recorder(calls, false)]);
            model.Predict(x, batchSize: 4, verbose: 0, callbacks: [Recorder(calls, false)]);
        }

        var expected = golden.List("calls").Select(call => $"{call[0].GetString()}({(call[1].ValueKind == JsonValueKind.Null ? "" : call[1].GetInt32())}) {string.Join(",", call[2].ValueKind == JsonValueKind.Array ? call[2].EnumerateArray().Select(key => key.GetString()) : [])}");
        check.Equal("calls", string.Join("\n", expected), string.Join("\n", isLambda ? calls.Where(call => call.Contains("train", StringComparison.Ordinal) || call.Contains("epoch", StringComparison.Ordinal)) : calls));
        if (golden.Field("history_keys") is { } keys) check.Equal("keys of the history", string.Join(", ", keys.EnumerateArray().Select(key => key.GetString())), string.Join(", ", history.Keys));
    }

    static LambdaCallback Recorder(List<string> calls, bool stops)
    {
        LambdaCallback? recorder = null;
        void Note(string hook, int? index, Logs logs) => calls.Add($"{hook}({index}) {string.Join(",", logs.Outputs is null ? logs.Keys : logs.Keys.Append("outputs"))}");
        return recorder = new LambdaCallback(
            logs => Note("on_train_begin", null, logs),
            logs => Note("on_train_end", null, logs),
            (epoch, logs) => Note("on_epoch_begin", epoch, logs),
            (epoch, logs) => Note("on_epoch_end", epoch, logs),
            (batch, logs) => Note("on_train_batch_begin", batch, logs),
            (batch, logs) =>
            {
                Note("on_train_batch_end", batch, logs);
                if (stops && batch == 1) recorder!.Model.StopTraining = true;
            },
            logs => Note("on_test_begin", null, logs),
            logs => Note("on_test_end", null, logs),
            (batch, logs) => Note("on_test_batch_begin", batch, logs),
            (batch, logs) => Note("on_test_batch_end", batch, logs),
            logs => Note("on_predict_begin", null, logs),
            logs => Note("on_predict_end", null, logs),
            (batch, logs) => Note("on_predict_batch_begin", batch, logs),
            (batch, logs) => Note("on_predict_batch_end", batch, logs));
    }
}

/// <summary>What the progress bar draws, with times replaced.</summary>
sealed partial class ProgressTextAdapter : IGoldenAdapter
{
    public string Group => "fit";

    public bool Implements(GoldenObject golden) => golden.Name == "ProgressText";

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        var output = new StringWriter { NewLine = "\n" };
        var verbose = golden.Json.GetProperty("verbose").GetInt32();
        if (golden.Field("updates") is not null) DriveBar(golden, verbose, output);
        else DriveModel(golden, verbose, output);
        if (golden.Field("lines_last_drawing") is { } lines)
        {
            var drawn = Normal(output.ToString()).Split('\n').Select(line => line[(line.LastIndexOf('\r') + 1)..]);
            check.Equal("last drawings", string.Join("\n", lines.EnumerateArray().Select(line => line.GetString())), string.Join("\n", drawn));
        }
        else
        {
            check.Equal("text", golden.Json.GetProperty("text").GetString(), Normal(output.ToString()));
        }
    }

    static void DriveBar(GoldenCase golden, int verbose, TextWriter output)
    {
        var target = golden.Field("target")?.GetInt32();
        var bar = new ProgressBar(target, verbose, golden.List("stateful_metrics").Select(name => name.GetString()!), output: output) { LeastInterval = 0 };
        var updates = golden.List("updates").ToArray();
        foreach (var update in updates)
        {
            var isLast = target is null && update.Equals(updates[^1]) ? true : (bool?)null;
            bar.Update(update[0].GetInt32(), update[1].EnumerateArray().Select(pair => KeyValuePair.Create(pair[0].GetString()!, pair[1].GetDouble())), isLast);
        }
    }

    static void DriveModel(GoldenCase golden, int verbose, TextWriter output)
    {
        Tensor x = golden.Tensor(golden.Json.GetProperty("data").GetProperty("x")), y = golden.Tensor(golden.Json.GetProperty("data").GetProperty("y"));
        var model = CallbackModel.Make(inputs: x.Shape[1], metrics: ["mae"]);
        CallbackModel.SetWeights(golden, model);
        model.Trainer.Output = output;
        if (golden.Name.Contains("evaluate", StringComparison.Ordinal)) model.Evaluate(x, y, batchSize: 4, verbose: verbose);
        else if (golden.Name.Contains("predict", StringComparison.Ordinal)) model.Predict(x, batchSize: 4, verbose: verbose);
        else model.Fit(x, y, batchSize: 4, epochs: golden.Name.Contains("one_epoch", StringComparison.Ordinal) ? 1 : 2, verbose: verbose, shuffle: false, validationData: new Batch(CSVLoggerAdapter.First(x, 4), CSVLoggerAdapter.First(y, 4)));
    }

    // A longer drawing before leaves blanks behind, which depend on the widths of the times.
    static string Normal(string text)
    {
        text = Times().Replace(text, "<t>");
        text = Blanks().Replace(text, "$1");
        return Backspaces().Replace(text, "<back>");
    }

    [GeneratedRegex(@"\d+(:\d+)*(s|ms|us)?(?=/step)|(?<=\x1b\[1m)\d+(:\d+)*s?(?=\x1b\[0m <t>|\x1b\[0m \d)|(?<= - )\d+s(?= -)")]
    private static partial Regex Times();

    [GeneratedRegex(@" +(\x08|\n)")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"\x08+")]
    private static partial Regex Backspaces();
}

/// <summary>Calls that are refused.</summary>
sealed class RefusalsAdapter : IGoldenAdapter
{
    public string Group => "fit";

    public bool Implements(GoldenObject golden) => golden.Name == "Refusals";

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        var kind = golden.Name[(golden.Name.IndexOf('_') + 1)..];
        if (kind is "evaluate_unknown_argument" or "dataset_with_y" or "sample_weight_with_dataset" or "validation_freq_type")
        {
            check.True(kind, !Compiles(kind), "such a call compiles");
            return;
        }

        Tensor x = Ops.Ones([8, 2]), y = Ops.Ones([8, 1]);
        var input = new Input([2]);
        var two = new Model(input, (Tensor[])[new Dense(1, name: "a").Apply(input), new Dense(1, name: "b").Apply(input)]);
        check.Refuses(kind, kind switch
        {
            "not_compiled_fit" => () => new Sequential([new Dense(1)]).Fit(x, y),
            "not_compiled_evaluate" => () => new Sequential([new Dense(1)]).Evaluate(x, y),
            "no_loss" => () =>
            {
                var model = new Sequential([new Dense(1)]);
                model.Compile("sgd");
                model.Fit(x, y, verbose: 0);
            }
            ,
            "cardinality" => () => CallbackModel.Make().Fit(x, Ops.Ones([7, 1]), verbose: 0),
            "optimizer_name" => () => two.Compile("adamm", "mse"),
            "loss_name" => () => two.Compile("sgd", "msee"),
            "metric_name" => () => two.Compile("sgd", "mse", metrics: ["maee"]),
            "class_weight_and_sample_weight" => () => CallbackModel.Make().Fit(x, y, verbose: 0, classWeight: new Dictionary<int, double> { [0] = 1 }, sampleWeight: Ops.Ones([8])),
            "class_weight_two_outputs" => () =>
            {
                two.Compile("sgd", "mse");
                two.Fit(x, (Tensor[])[y, y], verbose: 0, classWeight: new Dictionary<int, double> { [0] = 1 });
            }
            ,
            "loss_dict_keys" => () =>
            {
                two.Compile("sgd", new LossAssignment { ["a"] = "mse", ["c"] = "mse" });
                two.Fit(x, (Tensor[])[y, y], verbose: 0);
            }
            ,
            "loss_weights_count" => () =>
            {
                two.Compile("sgd", ["mse", "mse"], lossWeights: [1.0, 2.0, 3.0]);
                two.Fit(x, (Tensor[])[y, y], verbose: 0);
            }
            ,
            "input_width" => () => CallbackModel.Make().Fit(Ops.Ones([8, 5]), y, verbose: 0),
            _ => () => check.Fail(golden.Name, "this case is new: say here what is wrong in it"),
        });
    }

    // What Python finds at run time the compiler finds here, by the parameters of the methods.
    static bool Compiles(string kind)
    {
        System.Reflection.ParameterInfo[][] Of(string method) => [.. typeof(ModelTraining).GetMethods().Where(each => each.Name == method).Select(each => each.GetParameters())];
        bool TakesBatches(System.Reflection.ParameterInfo[] parameters) => parameters.Any(each => each.ParameterType == typeof(IEnumerable<Batch>));
        return kind switch
        {
            "evaluate_unknown_argument" => Of("Evaluate").Any(parameters => parameters.Any(each => each.ParameterType == typeof(object) || typeof(System.Collections.IDictionary).IsAssignableFrom(each.ParameterType))),
            "dataset_with_y" => Of("Fit").Any(parameters => TakesBatches(parameters) && parameters.Any(each => each.Name == "y")),
            "sample_weight_with_dataset" => Of("Fit").Any(parameters => TakesBatches(parameters) && parameters.Any(each => each.Name == "sampleWeight")),
            _ => Of("Fit").Any(parameters => parameters.Any(each => each.Name == "validationFreq" && each.ParameterType is var type && (type == typeof(object) || type == typeof(string) || type == typeof(double)))),
        };
    }
}
