namespace Tapestry.Keras.Metrics;

/// <summary>The mean over the samples of −log p of the right class, for targets that are numbers of classes. Source: <c>keras.metrics.SparseCategoricalCrossentropy</c>.</summary>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the state and the result; <see cref="DType.DefaultFloat"/> by default.</param>
/// <param name="fromLogits">Whether predictions are logits instead of probabilities.</param>
/// <param name="ignoreClass">A class whose samples are left out, or null.</param>
/// <param name="axis">The axis of the classes.</param>
public sealed class SparseCategoricalCrossentropy(string name = "sparse_categorical_crossentropy", DType? dtype = null, bool fromLogits = false, int? ignoreClass = null, int axis = -1) : MeanMetricWrapper(new Losses.SparseCategoricalCrossentropy(fromLogits, ignoreClass, axis: axis).Call, name, dtype)
{
    /// <summary>Whether predictions are logits instead of probabilities.</summary>
    public bool FromLogits { get; } = fromLogits;

    /// <summary>A class whose samples are left out, or null.</summary>
    public int? IgnoreClass { get; } = ignoreClass;

    /// <summary>The axis of the classes.</summary>
    public int Axis { get; } = axis;

    /// <inheritdoc/>
    public override bool? GreaterIsBetter => false;
}
