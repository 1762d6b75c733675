namespace Tapestry.Keras.Metrics;

/// <summary>The mean over the samples of Σ target · log(target / prediction). Source: <c>keras.metrics.KLDivergence</c>.</summary>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the state and the result; <see cref="DType.DefaultFloat"/> by default.</param>
public sealed class KLDivergence(string name = "kl_divergence", DType? dtype = null) : MeanMetricWrapper(new Losses.KLDivergence().Call, name, dtype)
{
    /// <inheritdoc/>
    public override bool? GreaterIsBetter => false;
}
