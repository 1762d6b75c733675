namespace Tapestry.Keras.Metrics;

/// <summary>The mean over the samples of max(negative − positive + 1, 0). Source: <c>keras.metrics.CategoricalHinge</c>.</summary>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the state and the result; <see cref="DType.DefaultFloat"/> by default.</param>
public sealed class CategoricalHinge(string name = "categorical_hinge", DType? dtype = null) : MeanMetricWrapper(new Losses.CategoricalHinge().Call, name, dtype)
{
    /// <inheritdoc/>
    public override bool? GreaterIsBetter => false;
}
