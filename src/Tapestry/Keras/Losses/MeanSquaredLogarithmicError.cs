namespace Tapestry.Keras.Losses;

/// <summary>The mean of (log(1 + target) − log(1 + prediction))² over the last axis. Source: <c>keras.losses.MeanSquaredLogarithmicError</c>.</summary>
/// <param name="reduction">How the values of the samples become one.</param>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the computation; <see cref="DType.DefaultFloat"/> by default.</param>
[KerasName("MeanSquaredLogarithmicError", "msle", "MSLE")]
public sealed class MeanSquaredLogarithmicError(Reduction reduction = Reduction.SumOverBatchSize, string name = "mean_squared_logarithmic_error", DType? dtype = null) : Loss(name, reduction, dtype)
{
    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        RankAlignment.Align(ref yTrue, ref yPred);
        var predicted = Ops.Log(Ops.Maximum(yPred, LossTerms.Epsilon) + 1.0);
        var expected = Ops.Log(Ops.Maximum(yTrue, LossTerms.Epsilon) + 1.0);
        return Ops.Mean(Ops.Square(predicted - expected), -1);
    }
}
