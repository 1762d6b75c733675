namespace Tapestry.Keras.Losses;

/// <summary>100 times the mean of |target − prediction| / |target| over the last axis. Source: <c>keras.losses.MeanAbsolutePercentageError</c>.</summary>
/// <param name="reduction">How the values of the samples become one.</param>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the computation; <see cref="DType.DefaultFloat"/> by default.</param>
[KerasName("MeanAbsolutePercentageError", "mape", "MAPE")]
public sealed class MeanAbsolutePercentageError(Reduction reduction = Reduction.SumOverBatchSize, string name = "mean_absolute_percentage_error", DType? dtype = null) : Loss(name, reduction, dtype)
{
    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        RankAlignment.Align(ref yTrue, ref yPred);
        return 100.0 * Ops.Mean(Ops.Abs((yTrue - yPred) / Ops.Maximum(Ops.Abs(yTrue), LossTerms.Epsilon)), -1);
    }
}
