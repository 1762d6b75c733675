namespace Tapestry.Keras.Metrics;

/// <summary>The share of samples whose greatest prediction is that of the right class, for one-hot targets. Source: <c>keras.metrics.CategoricalAccuracy</c>.</summary>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the state and the result; <see cref="DType.DefaultFloat"/> by default.</param>
public sealed class CategoricalAccuracy(string name = "categorical_accuracy", DType? dtype = null) : MeanMetricWrapper((yTrue, yPred) => Accuracies.Sparse(Accuracies.Labels(yTrue), yPred), name, dtype)
{
    /// <inheritdoc/>
    public override bool? GreaterIsBetter => true;
}
