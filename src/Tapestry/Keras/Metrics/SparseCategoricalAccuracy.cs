namespace Tapestry.Keras.Metrics;

/// <summary>The share of samples whose greatest prediction is that of the right class, for targets that are numbers of classes. Source: <c>keras.metrics.SparseCategoricalAccuracy</c>.</summary>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the state and the result; <see cref="DType.DefaultFloat"/> by default.</param>
public sealed class SparseCategoricalAccuracy(string name = "sparse_categorical_accuracy", DType? dtype = null) : MeanMetricWrapper(Accuracies.Sparse, name, dtype)
{
    /// <inheritdoc/>
    public override bool? GreaterIsBetter => true;
}
