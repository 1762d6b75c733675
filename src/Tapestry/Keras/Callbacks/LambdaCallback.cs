namespace Tapestry.Keras;

/// <summary>A callback made of functions. Source: <c>keras.callbacks.LambdaCallback</c>.</summary>
/// <param name="onTrainBegin">In the place of <see cref="Callback.OnTrainBegin"/>.</param>
/// <param name="onTrainEnd">In the place of <see cref="Callback.OnTrainEnd"/>.</param>
/// <param name="onEpochBegin">In the place of <see cref="Callback.OnEpochBegin"/>.</param>
/// <param name="onEpochEnd">In the place of <see cref="Callback.OnEpochEnd"/>.</param>
/// <param name="onTrainBatchBegin">In the place of <see cref="Callback.OnTrainBatchBegin"/>.</param>
/// <param name="onTrainBatchEnd">In the place of <see cref="Callback.OnTrainBatchEnd"/>.</param>
/// <param name="onTestBegin">In the place of <see cref="Callback.OnTestBegin"/>.</param>
/// <param name="onTestEnd">In the place of <see cref="Callback.OnTestEnd"/>.</param>
/// <param name="onTestBatchBegin">In the place of <see cref="Callback.OnTestBatchBegin"/>.</param>
/// <param name="onTestBatchEnd">In the place of <see cref="Callback.OnTestBatchEnd"/>.</param>
/// <param name="onPredictBegin">In the place of <see cref="Callback.OnPredictBegin"/>.</param>
/// <param name="onPredictEnd">In the place of <see cref="Callback.OnPredictEnd"/>.</param>
/// <param name="onPredictBatchBegin">In the place of <see cref="Callback.OnPredictBatchBegin"/>.</param>
/// <param name="onPredictBatchEnd">In the place of <see cref="Callback.OnPredictBatchEnd"/>.</param>
public sealed class LambdaCallback(
    Action<Logs>? onTrainBegin = null,
    Action<Logs>? onTrainEnd = null,
    Action<int, Logs>? onEpochBegin = null,
    Action<int, Logs>? onEpochEnd = null,
    Action<int, Logs>? onTrainBatchBegin = null,
    Action<int, Logs>? onTrainBatchEnd = null,
    Action<Logs>? onTestBegin = null,
    Action<Logs>? onTestEnd = null,
    Action<int, Logs>? onTestBatchBegin = null,
    Action<int, Logs>? onTestBatchEnd = null,
    Action<Logs>? onPredictBegin = null,
    Action<Logs>? onPredictEnd = null,
    Action<int, Logs>? onPredictBatchBegin = null,
    Action<int, Logs>? onPredictBatchEnd = null) : Callback
{
    /// <inheritdoc/>
    public override void OnTrainBegin(Logs logs) => onTrainBegin?.Invoke(logs);

    /// <inheritdoc/>
    public override void OnTrainEnd(Logs logs) => onTrainEnd?.Invoke(logs);

    /// <inheritdoc/>
    public override void OnEpochBegin(int epoch, Logs logs) => onEpochBegin?.Invoke(epoch, logs);

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs) => onEpochEnd?.Invoke(epoch, logs);

    /// <inheritdoc/>
    public override void OnTrainBatchBegin(int batch, Logs logs) => onTrainBatchBegin?.Invoke(batch, logs);

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(int batch, Logs logs) => onTrainBatchEnd?.Invoke(batch, logs);

    /// <inheritdoc/>
    public override void OnTestBegin(Logs logs) => onTestBegin?.Invoke(logs);

    /// <inheritdoc/>
    public override void OnTestEnd(Logs logs) => onTestEnd?.Invoke(logs);

    /// <inheritdoc/>
    public override void OnTestBatchBegin(int batch, Logs logs) => onTestBatchBegin?.Invoke(batch, logs);

    /// <inheritdoc/>
    public override void OnTestBatchEnd(int batch, Logs logs) => onTestBatchEnd?.Invoke(batch, logs);

    /// <inheritdoc/>
    public override void OnPredictBegin(Logs logs) => onPredictBegin?.Invoke(logs);

    /// <inheritdoc/>
    public override void OnPredictEnd(Logs logs) => onPredictEnd?.Invoke(logs);

    /// <inheritdoc/>
    public override void OnPredictBatchBegin(int batch, Logs logs) => onPredictBatchBegin?.Invoke(batch, logs);

    /// <inheritdoc/>
    public override void OnPredictBatchEnd(int batch, Logs logs) => onPredictBatchEnd?.Invoke(batch, logs);
}
