namespace Tapestry.Keras.Metrics;

/// <summary>The share of samples whose right class is among the k greatest predictions, for one-hot targets. Source: <c>keras.metrics.TopKCategoricalAccuracy</c>.</summary>
/// <param name="k">How many predictions count.</param>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the state and the result; <see cref="DType.DefaultFloat"/> by default.</param>
public sealed class TopKCategoricalAccuracy(int k = 5, string name = "top_k_categorical_accuracy", DType? dtype = null) : MeanMetricWrapper((yTrue, yPred) => Accuracies.InTopK(Accuracies.Labels(yTrue), yPred, k), name, dtype)
{
    /// <summary>How many predictions count.</summary>
    public int K { get; } = k;

    /// <inheritdoc/>
    public override bool? GreaterIsBetter => true;
}
