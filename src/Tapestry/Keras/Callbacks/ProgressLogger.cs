namespace Tapestry.Keras.Callbacks;

/// <summary>Shows a <see cref="ProgressBar"/> during training, evaluation and prediction; the validation within training is silent.</summary>
sealed class ProgressLogger(TextWriter output) : Callback
{
    ProgressBar? bar;
    int? target;
    int seen;
    bool isTraining;

    public override void OnTrainBegin(Logs logs) => isTraining = true;

    public override void OnEpochBegin(int epoch, Logs logs)
    {
        Reset();
        if (Parameters.Epochs > 1) output.WriteLine($"Epoch {epoch + 1}/{Parameters.Epochs}");
    }

    public override void OnTestBegin(Logs logs)
    {
        if (!isTraining) Reset();
    }

    public override void OnPredictBegin(Logs logs) => Reset();

    public override void OnTrainBatchEnd(int batch, Logs logs) => Update(batch, logs);

    public override void OnTestBatchEnd(int batch, Logs logs)
    {
        if (!isTraining) Update(batch, logs);
    }

    public override void OnPredictBatchEnd(int batch, Logs logs) => Update(batch, []);

    public override void OnEpochEnd(int epoch, Logs logs) => Finish(logs);

    public override void OnTestEnd(Logs logs)
    {
        if (!isTraining) Finish(logs);
    }

    public override void OnPredictEnd(Logs logs) => Finish([]);

    void Reset()
    {
        seen = 0;
        target ??= Parameters.Steps;
        bar = new ProgressBar(target, Parameters.Verbose, output: output);
    }

    void Update(int batch, IEnumerable<KeyValuePair<string, double>> logs)
    {
        seen = batch + 1;
        if (Parameters.Verbose == 1) bar!.Update(seen, logs, finalize: false);
    }

    void Finish(IEnumerable<KeyValuePair<string, double>> logs)
    {
        target ??= seen;
        bar!.Target = target;
        bar.Update(target.Value, logs, finalize: true);
    }
}
