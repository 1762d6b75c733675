namespace Tapestry.Keras;

/// <summary>
/// Is told what happens in <c>Fit</c>, <c>Evaluate</c> and <c>Predict</c>, and may act on it: change the learning rate, write files, stop.
/// </summary>
/// <remarks>Override what is of interest; every method does nothing by default. Source: <c>keras.callbacks.Callback</c>.</remarks>
public abstract class Callback
{
    Model? model;

    /// <summary>The model that is trained or used.</summary>
    /// <exception cref="TapestryException">The callback is not in use.</exception>
    public Model Model
    {
        get => model ?? throw new TapestryException(GetType().Name, "the callback has no model yet", expected: "a call from Fit, Evaluate or Predict", remedy: "Pass the callback to one of them.");
        internal set => model = value;
    }

    /// <summary>How the call was made.</summary>
    public CallbackParameters Parameters { get; internal set; } = new();

    /// <summary>Training begins.</summary>
    public virtual void OnTrainBegin(Logs logs)
    {
    }

    /// <summary>Training ends.</summary>
    /// <param name="logs">The numbers of the last epoch.</param>
    public virtual void OnTrainEnd(Logs logs)
    {
    }

    /// <summary>An epoch begins.</summary>
    /// <param name="epoch">Its number, counted from 0.</param>
    /// <param name="logs">Empty.</param>
    public virtual void OnEpochBegin(int epoch, Logs logs)
    {
    }

    /// <summary>An epoch ends.</summary>
    /// <param name="epoch">Its number, counted from 0.</param>
    /// <param name="logs">Its numbers, those of the validation with the prefix <c>val_</c>.</param>
    public virtual void OnEpochEnd(int epoch, Logs logs)
    {
    }

    /// <summary>A batch of training begins.</summary>
    /// <param name="batch">Its number in the epoch, counted from 0.</param>
    /// <param name="logs">Empty.</param>
    public virtual void OnTrainBatchBegin(int batch, Logs logs)
    {
    }

    /// <summary>A batch of training ends.</summary>
    /// <param name="batch">Its number in the epoch, counted from 0.</param>
    /// <param name="logs">The numbers of the epoch so far.</param>
    public virtual void OnTrainBatchEnd(int batch, Logs logs)
    {
    }

    /// <summary>An evaluation begins, on its own or as the validation of an epoch.</summary>
    public virtual void OnTestBegin(Logs logs)
    {
    }

    /// <summary>An evaluation ends.</summary>
    /// <param name="logs">Its numbers.</param>
    public virtual void OnTestEnd(Logs logs)
    {
    }

    /// <summary>A batch of evaluation begins.</summary>
    /// <param name="batch">Its number, counted from 0.</param>
    /// <param name="logs">Empty.</param>
    public virtual void OnTestBatchBegin(int batch, Logs logs)
    {
    }

    /// <summary>A batch of evaluation ends.</summary>
    /// <param name="batch">Its number, counted from 0.</param>
    /// <param name="logs">The numbers so far.</param>
    public virtual void OnTestBatchEnd(int batch, Logs logs)
    {
    }

    /// <summary>A prediction begins.</summary>
    public virtual void OnPredictBegin(Logs logs)
    {
    }

    /// <summary>A prediction ends.</summary>
    public virtual void OnPredictEnd(Logs logs)
    {
    }

    /// <summary>A batch of prediction begins.</summary>
    /// <param name="batch">Its number, counted from 0.</param>
    /// <param name="logs">Empty.</param>
    public virtual void OnPredictBatchBegin(int batch, Logs logs)
    {
    }

    /// <summary>A batch of prediction ends.</summary>
    /// <param name="batch">Its number, counted from 0.</param>
    /// <param name="logs">The predictions, as <see cref="Logs.Outputs"/>.</param>
    public virtual void OnPredictBatchEnd(int batch, Logs logs)
    {
    }
}

/// <summary>How <c>Fit</c>, <c>Evaluate</c> or <c>Predict</c> was called.</summary>
public sealed record CallbackParameters
{
    /// <summary>How much is shown: 0 nothing, 1 a bar, 2 a line per epoch.</summary>
    public int Verbose { get; init; }

    /// <summary>The number of epochs.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>The number of batches in an epoch, where it is known.</summary>
    public int? Steps { get; init; }
}
