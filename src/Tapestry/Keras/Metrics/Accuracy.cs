namespace Tapestry.Keras.Metrics;

/// <summary>The share of predictions that are equal to their targets. Source: <c>keras.metrics.Accuracy</c>.</summary>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the state and the result; <see cref="DType.DefaultFloat"/> by default.</param>
public sealed class Accuracy(string name = "accuracy", DType? dtype = null) : MeanMetricWrapper(Accuracies.Equal, name, dtype)
{
    /// <inheritdoc/>
    public override bool? GreaterIsBetter => true;
}
