using Tapestry.Keras;

namespace Tapestry.Tests.Golden.Fit;

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
