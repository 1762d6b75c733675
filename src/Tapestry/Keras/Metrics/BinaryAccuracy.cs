namespace Tapestry.Keras.Metrics;

/// <summary>The share of elements that lie on the right side of a threshold. Source: <c>keras.metrics.BinaryAccuracy</c>.</summary>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the state and the result; <see cref="DType.DefaultFloat"/> by default.</param>
/// <param name="threshold">Predictions above it count as 1.</param>
public sealed class BinaryAccuracy(string name = "binary_accuracy", DType? dtype = null, double threshold = 0.5) : MeanMetricWrapper((yTrue, yPred) => Accuracies.Binary(yTrue, yPred, threshold), name, dtype)
{
    /// <summary>Predictions above it count as 1.</summary>
    public double Threshold { get; } = threshold;

    /// <inheritdoc/>
    public override bool? GreaterIsBetter => true;
}
