namespace Tapestry.Keras.Metrics;

/// <summary>The mean of −(t·log p + (1 − t)·log(1 − p)). Source: <c>keras.metrics.BinaryCrossentropy</c>.</summary>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the state and the result; <see cref="DType.DefaultFloat"/> by default.</param>
/// <param name="fromLogits">Whether predictions are logits instead of probabilities.</param>
/// <param name="labelSmoothing">How far targets are moved away from certainty, in [0, 1].</param>
[KerasName("BinaryCrossentropy", "bce", "BCE")]
public sealed class BinaryCrossentropy(string name = "binary_crossentropy", DType? dtype = null, bool fromLogits = false, double labelSmoothing = 0.0) : MeanMetricWrapper(new Losses.BinaryCrossentropy(fromLogits, labelSmoothing).Call, name, dtype)
{
    /// <summary>Whether predictions are logits instead of probabilities.</summary>
    public bool FromLogits { get; } = fromLogits;

    /// <summary>How far targets are moved away from certainty.</summary>
    public double LabelSmoothing { get; } = labelSmoothing;

    /// <inheritdoc/>
    public override bool? GreaterIsBetter => false;
}
