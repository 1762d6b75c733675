using Tapestry.Keras.Losses;

namespace Tapestry.Keras.Metrics;

/// <summary>The mean of prediction − target · log(prediction). Source: <c>keras.metrics.Poisson</c>.</summary>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the state and the result; <see cref="DType.DefaultFloat"/> by default.</param>
public sealed class Poisson(string name = "poisson", DType? dtype = null) : MeanMetricWrapper(LossTerms.Poisson, name, dtype)
{
    /// <inheritdoc/>
    public override bool? GreaterIsBetter => false;
}
