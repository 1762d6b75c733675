namespace Tapestry.Keras;

/// <summary>Stops the training when a number no longer gets better. Source: <c>keras.callbacks.EarlyStopping</c>.</summary>
public sealed class EarlyStopping : MonitorCallback
{
    readonly int startFromEpoch;
    Tensor[]? bestWeights;

    /// <summary>Creates the callback.</summary>
    /// <param name="monitor">The name of the number.</param>
    /// <param name="minDelta">How much better counts as better.</param>
    /// <param name="patience">How many epochs may pass without getting better.</param>
    /// <param name="verbose">1 says when training stops.</param>
    /// <param name="mode">Which direction is better; by default that of the metric.</param>
    /// <param name="baseline">Only what is better than this counts; null for no such bound.</param>
    /// <param name="restoreBestWeights">Whether the model gets back the weights of its best epoch.</param>
    /// <param name="startFromEpoch">How many epochs are let pass first.</param>
    public EarlyStopping(
        string monitor = "val_loss",
        double minDelta = 0,
        int patience = 0,
        int verbose = 0,
        MonitorMode mode = MonitorMode.Auto,
        double? baseline = null,
        bool restoreBestWeights = false,
        int startFromEpoch = 0)
        : base(monitor, mode, minDelta)
    {
        (Patience, Verbose, Baseline, RestoreBestWeights, this.startFromEpoch) = (patience, verbose, baseline, restoreBestWeights, startFromEpoch);
    }

    /// <summary>How many epochs may pass without getting better.</summary>
    public int Patience { get; }

    /// <summary>1 says when training stops.</summary>
    public int Verbose { get; }

    /// <summary>Only what is better than this counts, or null.</summary>
    public double? Baseline { get; }

    /// <summary>Whether the model gets back the weights of its best epoch.</summary>
    public bool RestoreBestWeights { get; }

    /// <summary>The best number so far.</summary>
    public double? Best { get; private set; }

    /// <summary>The epoch of the best number.</summary>
    public int BestEpoch { get; private set; }

    /// <summary>The epoch after which training was stopped; 0 when it was not.</summary>
    public int StoppedEpoch { get; private set; }

    /// <summary>How many epochs have passed without getting better.</summary>
    internal int Wait { get; private set; }

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs logs)
    {
        (Wait, StoppedEpoch, BestEpoch, Best, bestWeights) = (0, 0, 0, null, null);
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        Upwards();
        if (Value(logs) is not { } current || epoch < startFromEpoch) return;
        if (RestoreBestWeights && bestWeights is null) Remember(epoch);
        Wait++;
        if (IsImprovement(current, Best))
        {
            Best = current;
            BestEpoch = epoch;
            if (RestoreBestWeights) Remember(epoch);
            if (Baseline is null || IsImprovement(current, Baseline)) Wait = 0;
            return;
        }

        if (Wait < Patience || epoch == 0) return;
        StoppedEpoch = epoch;
        Model.Trainer.StopTraining = true;
    }

    /// <inheritdoc/>
    public override void OnTrainEnd(Logs logs)
    {
        if (StoppedEpoch > 0 && Verbose > 0) Model.Trainer.Output.WriteLine($"Epoch {StoppedEpoch + 1}: early stopping");
        if (bestWeights is null) return;
        if (Verbose > 0) Model.Trainer.Output.WriteLine($"Restoring model weights from the end of the best epoch: {BestEpoch + 1}.");
        var weights = Model.Weights;
        for (var i = 0; i < bestWeights.Length; i++) weights[i].Assign(bestWeights[i]);
    }

    void Remember(int epoch)
    {
        BestEpoch = epoch;
        bestWeights = [.. Model.Weights.Select(weight => weight.Value)];
    }
}
