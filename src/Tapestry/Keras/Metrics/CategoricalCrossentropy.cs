namespace Tapestry.Keras.Metrics;

/// <summary>The mean over the samples of −Σ t·log p, for one-hot targets. Source: <c>keras.metrics.CategoricalCrossentropy</c>.</summary>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the state and the result; <see cref="DType.DefaultFloat"/> by default.</param>
/// <param name="fromLogits">Whether predictions are logits instead of probabilities.</param>
/// <param name="labelSmoothing">How far targets are moved away from certainty, in [0, 1].</param>
/// <param name="axis">The axis of the classes.</param>
public sealed class CategoricalCrossentropy(string name = "categorical_crossentropy", DType? dtype = null, bool fromLogits = false, double labelSmoothing = 0.0, int axis = -1) : MeanMetricWrapper(new Losses.CategoricalCrossentropy(fromLogits, labelSmoothing, axis).Call, name, dtype)
{
    /// <summary>Whether predictions are logits instead of probabilities.</summary>
    public bool FromLogits { get; } = fromLogits;

    /// <summary>How far targets are moved away from certainty.</summary>
    public double LabelSmoothing { get; } = labelSmoothing;

    /// <summary>The axis of the classes.</summary>
    public int Axis { get; } = axis;

    /// <inheritdoc/>
    public override bool? GreaterIsBetter => false;
}
