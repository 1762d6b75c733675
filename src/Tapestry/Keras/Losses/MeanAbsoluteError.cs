namespace Tapestry.Keras.Losses;

/// <summary>The mean of |target − prediction| over the last axis. Source: <c>keras.losses.MeanAbsoluteError</c>.</summary>
/// <param name="reduction">How the values of the samples become one.</param>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the computation; <see cref="DType.DefaultFloat"/> by default.</param>
[KerasName("MeanAbsoluteError", "mae", "MAE")]
public sealed class MeanAbsoluteError(Reduction reduction = Reduction.SumOverBatchSize, string name = "mean_absolute_error", DType? dtype = null) : Loss(name, reduction, dtype)
{
    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        RankAlignment.Align(ref yTrue, ref yPred);
        return Ops.Mean(Ops.Abs(yTrue - yPred), -1);
    }
}
