namespace Tapestry.Keras.Metrics;

/// <summary>
/// The share of samples whose right class is among the k greatest predictions, for targets that are numbers of classes. Source:
/// <c>keras.metrics.SparseTopKCategoricalAccuracy</c>.
/// </summary>
/// <param name="k">How many predictions count.</param>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the state and the result; <see cref="DType.DefaultFloat"/> by default.</param>
/// <param name="fromSortedIds">Whether predictions are numbers of classes, best first, instead of scores.</param>
public sealed class SparseTopKCategoricalAccuracy(int k = 5, string name = "sparse_top_k_categorical_accuracy", DType? dtype = null, bool fromSortedIds = false)
    : MeanMetricWrapper((yTrue, yPred) => fromSortedIds ? Accuracies.InFirstK(yTrue, yPred, k) : Accuracies.InTopK(yTrue, yPred, k), name, dtype)
{
    /// <summary>How many predictions count.</summary>
    public int K { get; } = k;

    /// <summary>Whether predictions are numbers of classes, best first.</summary>
    public bool FromSortedIds { get; } = fromSortedIds;

    /// <inheritdoc/>
    public override bool? GreaterIsBetter => true;
}
