namespace Tapestry.Keras;

/// <summary>Stops the training when the loss is not finite. Source: <c>keras.callbacks.TerminateOnNaN</c>.</summary>
/// <param name="raiseError">Whether an exception ends it instead.</param>
public sealed class TerminateOnNaN(bool raiseError = false) : Callback
{
    /// <inheritdoc/>
    /// <exception cref="TapestryException">The loss is not finite, and an exception is asked for.</exception>
    public override void OnTrainBatchEnd(int batch, Logs logs)
    {
        if (!logs.TryGetValue("loss", out var loss) || double.IsFinite(loss)) return;
        if (raiseError) throw new TapestryException("TerminateOnNaN", $"the loss of batch {batch} is not finite", FormattableString.Invariant($"{loss}"), "a finite loss", "Lower the learning rate, clip the gradients (Clipnorm), and look for NaN in the data.");
        Model.Trainer.Output.WriteLine($"Batch {batch}: Invalid loss, terminating training");
        Model.Trainer.StopTraining = true;
    }
}
