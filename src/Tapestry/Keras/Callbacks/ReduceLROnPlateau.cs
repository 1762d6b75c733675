using System.Globalization;

namespace Tapestry.Keras;

/// <summary>Lowers the learning rate when a number no longer gets better. Source: <c>keras.callbacks.ReduceLROnPlateau</c>.</summary>
public sealed class ReduceLROnPlateau : MonitorCallback
{
    /// <summary>Creates the callback.</summary>
    /// <param name="monitor">The name of the number.</param>
    /// <param name="factor">What the rate is multiplied by, below 1.</param>
    /// <param name="patience">How many epochs may pass without getting better.</param>
    /// <param name="verbose">1 says when the rate falls.</param>
    /// <param name="mode">Which direction is better; by default that of the metric.</param>
    /// <param name="minDelta">How much better counts as better.</param>
    /// <param name="cooldown">How many epochs pass after a fall before counting starts again.</param>
    /// <param name="minLr">The least rate.</param>
    /// <exception cref="TapestryException">The factor is not below 1.</exception>
    public ReduceLROnPlateau(
        string monitor = "val_loss",
        double factor = 0.1,
        int patience = 10,
        int verbose = 0,
        MonitorMode mode = MonitorMode.Auto,
        double minDelta = 1e-4,
        int cooldown = 0,
        double minLr = 0.0)
        : base(monitor, mode, minDelta)
    {
        if (!(factor < 1)) throw new TapestryException("ReduceLROnPlateau.Factor", "the rate would not fall", $"{factor}", "a number below 1");
        (Factor, Patience, Verbose, Cooldown, MinLr) = (factor, patience, verbose, cooldown, minLr);
    }

    /// <summary>What the rate is multiplied by.</summary>
    public double Factor { get; }

    /// <summary>How many epochs may pass without getting better.</summary>
    public int Patience { get; }

    /// <summary>1 says when the rate falls.</summary>
    public int Verbose { get; }

    /// <summary>How many epochs pass after a fall before counting starts again.</summary>
    public int Cooldown { get; }

    /// <summary>The least rate.</summary>
    public double MinLr { get; }

    /// <summary>The best number so far.</summary>
    internal double? Best { get; private set; }

    /// <summary>How many epochs have passed without getting better.</summary>
    internal int Wait { get; private set; }

    /// <summary>How many epochs of cooling down are left.</summary>
    internal int CooldownCounter { get; private set; }

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs logs) => (Best, Wait, CooldownCounter) = (null, 0, 0);

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        Upwards();
        var optimizer = Model.Trainer.RequireOptimizer();
        logs["learning_rate"] = optimizer.LearningRate;
        if (Value(logs) is not { } current) return;
        if (CooldownCounter > 0)
        {
            CooldownCounter--;
            Wait = 0;
        }

        if (IsImprovement(current, Best))
        {
            Best = current;
            Wait = 0;
            return;
        }

        if (CooldownCounter > 0 || ++Wait < Patience) return;
        var rate = optimizer.LearningRate;
        if (!(rate > (float)MinLr)) return;
        var lower = Math.Max(rate * Factor, MinLr);
        optimizer.LearningRate = lower;
        if (Verbose > 0) Model.Trainer.Output.WriteLine($"\nEpoch {epoch + 1}: ReduceLROnPlateau reducing learning rate to {lower.ToString(CultureInfo.InvariantCulture)}.");
        CooldownCounter = Cooldown;
        Wait = 0;
    }
}
