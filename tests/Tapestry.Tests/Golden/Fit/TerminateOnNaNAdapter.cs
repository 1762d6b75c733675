using Tapestry.Keras;

namespace Tapestry.Tests.Golden.Fit;

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
