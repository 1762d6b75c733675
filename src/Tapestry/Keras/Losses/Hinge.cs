namespace Tapestry.Keras.Losses;

/// <summary>The mean of max(1 − target · prediction, 0) over the last axis. Targets are −1 or 1; if all are 0 or 1 they are converted. Source: <c>keras.losses.Hinge</c>.</summary>
/// <param name="reduction">How the values of the samples become one.</param>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the computation; <see cref="DType.DefaultFloat"/> by default.</param>
public sealed class Hinge(Reduction reduction = Reduction.SumOverBatchSize, string name = "hinge", DType? dtype = null) : Loss(name, reduction, dtype)
{
    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        RankAlignment.Align(ref yTrue, ref yPred);
        return LossTerms.Hinge(yTrue, yPred);
    }
}
