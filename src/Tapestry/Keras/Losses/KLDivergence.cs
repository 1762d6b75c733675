namespace Tapestry.Keras.Losses;

/// <summary>The sum of target · log(target / prediction) over the last axis, after Kullback and Leibler. Source: <c>keras.losses.KLDivergence</c>.</summary>
/// <param name="reduction">How the values of the samples become one.</param>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the computation; <see cref="DType.DefaultFloat"/> by default.</param>
[KerasName("KLDivergence", "kld", "KLD")]
public sealed class KLDivergence(Reduction reduction = Reduction.SumOverBatchSize, string name = "kl_divergence", DType? dtype = null) : Loss(name, reduction, dtype)
{
    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        RankAlignment.Align(ref yTrue, ref yPred);
        var expected = LossTerms.Clip(yTrue, LossTerms.Epsilon, 1);
        var predicted = LossTerms.Clip(yPred, LossTerms.Epsilon, 1);
        return Ops.Sum(expected * Ops.Log(expected / predicted), -1);
    }
}
