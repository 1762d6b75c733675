using System.Globalization;

namespace Tapestry.Keras;

/// <summary>Sets the learning rate at the beginning of each epoch. Source: <c>keras.callbacks.LearningRateScheduler</c>.</summary>
/// <param name="schedule">Gives the rate from the number of the epoch, counted from 0, and the rate so far.</param>
/// <param name="verbose">1 says which rate is set.</param>
public sealed class LearningRateScheduler(Func<int, double, double> schedule, int verbose = 0) : Callback
{
    /// <inheritdoc/>
    public override void OnEpochBegin(int epoch, Logs logs)
    {
        var optimizer = Model.Trainer.RequireOptimizer();
        var rate = schedule(epoch, optimizer.LearningRate);
        optimizer.LearningRate = rate;
        if (verbose > 0) Model.Trainer.Output.WriteLine($"\nEpoch {epoch + 1}: LearningRateScheduler setting learning rate to {rate.ToString(CultureInfo.InvariantCulture)}.");
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs) => logs["learning_rate"] = Model.Trainer.RequireOptimizer().LearningRate;
}
