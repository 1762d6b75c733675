using Tapestry.Keras;

namespace Tapestry.Tests.Golden.Fit;

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
