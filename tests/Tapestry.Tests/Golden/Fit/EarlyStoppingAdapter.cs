using System.Text.Json;
using Tapestry.Keras;

namespace Tapestry.Tests.Golden.Fit;

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
