namespace Tapestry.Keras.Losses;

/// <summary>The mean of prediction − target · log(prediction) over the last axis. Source: <c>keras.losses.Poisson</c>.</summary>
/// <param name="reduction">How the values of the samples become one.</param>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the computation; <see cref="DType.DefaultFloat"/> by default.</param>
public sealed class Poisson(Reduction reduction = Reduction.SumOverBatchSize, string name = "poisson", DType? dtype = null) : Loss(name, reduction, dtype)
{
    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        RankAlignment.Align(ref yTrue, ref yPred);
        return LossTerms.Poisson(yTrue, yPred);
    }
}
