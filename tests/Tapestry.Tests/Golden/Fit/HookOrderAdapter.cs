using System.Text.Json;
using Tapestry.Keras;

namespace Tapestry.Tests.Golden.Fit;

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
