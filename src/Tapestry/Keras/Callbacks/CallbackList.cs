namespace Tapestry.Keras.Callbacks;

/// <summary>Tells several callbacks in order: those of the user, then the history, then the progress bar, so that all see what the ones before them add.</summary>
sealed class CallbackList : Callback
{
    readonly Callback[] callbacks;

    internal CallbackList(Model model, CallbackParameters parameters, IEnumerable<Callback> callbacks)
    {
        this.callbacks = [.. callbacks];
        Model = model;
        Parameters = parameters;
        foreach (var callback in this.callbacks)
        {
            callback.Model = model;
            callback.Parameters = parameters;
        }
    }

    /// <summary>The callbacks in order.</summary>
    internal IReadOnlyList<Callback> Callbacks => callbacks;

    public override void OnTrainBegin(Logs logs)
    {
        foreach (var callback in callbacks) callback.OnTrainBegin(logs);
    }

    public override void OnTrainEnd(Logs logs)
    {
        foreach (var callback in callbacks) callback.OnTrainEnd(logs);
    }

    public override void OnEpochBegin(int epoch, Logs logs)
    {
        foreach (var callback in callbacks) callback.OnEpochBegin(epoch, logs);
    }

    public override void OnEpochEnd(int epoch, Logs logs)
    {
        foreach (var callback in callbacks) callback.OnEpochEnd(epoch, logs);
    }

    public override void OnTrainBatchBegin(int batch, Logs logs)
    {
        foreach (var callback in callbacks) callback.OnTrainBatchBegin(batch, logs);
    }

    public override void OnTrainBatchEnd(int batch, Logs logs)
    {
        foreach (var callback in callbacks) callback.OnTrainBatchEnd(batch, logs);
    }

    public override void OnTestBegin(Logs logs)
    {
        foreach (var callback in callbacks) callback.OnTestBegin(logs);
    }

    public override void OnTestEnd(Logs logs)
    {
        foreach (var callback in callbacks) callback.OnTestEnd(logs);
    }

    public override void OnTestBatchBegin(int batch, Logs logs)
    {
        foreach (var callback in callbacks) callback.OnTestBatchBegin(batch, logs);
    }

    public override void OnTestBatchEnd(int batch, Logs logs)
    {
        foreach (var callback in callbacks) callback.OnTestBatchEnd(batch, logs);
    }

    public override void OnPredictBegin(Logs logs)
    {
        foreach (var callback in callbacks) callback.OnPredictBegin(logs);
    }

    public override void OnPredictEnd(Logs logs)
    {
        foreach (var callback in callbacks) callback.OnPredictEnd(logs);
    }

    public override void OnPredictBatchBegin(int batch, Logs logs)
    {
        foreach (var callback in callbacks) callback.OnPredictBatchBegin(batch, logs);
    }

    public override void OnPredictBatchEnd(int batch, Logs logs)
    {
        foreach (var callback in callbacks) callback.OnPredictBatchEnd(batch, logs);
    }
}
