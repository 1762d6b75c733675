using Tapestry.Keras.Losses;

namespace Tapestry.Keras.Metrics;

/// <summary>The mean of max(1 − target · prediction, 0). Source: <c>keras.metrics.Hinge</c>.</summary>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the state and the result; <see cref="DType.DefaultFloat"/> by default.</param>
public sealed class Hinge(string name = "hinge", DType? dtype = null) : MeanMetricWrapper(LossTerms.Hinge, name, dtype)
{
    /// <inheritdoc/>
    public override bool? GreaterIsBetter => false;
}
