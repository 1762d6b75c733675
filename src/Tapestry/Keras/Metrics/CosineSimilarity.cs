namespace Tapestry.Keras.Metrics;

/// <summary>The mean over the samples of the cosine of the angle between target and prediction. Source: <c>keras.metrics.CosineSimilarity</c>.</summary>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the state and the result; <see cref="DType.DefaultFloat"/> by default.</param>
/// <param name="axis">The axis along which the vectors lie.</param>
public sealed class CosineSimilarity(string name = "cosine_similarity", DType? dtype = null, int axis = -1) : MeanMetricWrapper((yTrue, yPred) => -new Losses.CosineSimilarity(axis).Call(yTrue, yPred), name, dtype)
{
    /// <summary>The axis along which the vectors lie.</summary>
    public int Axis { get; } = axis;

    /// <inheritdoc/>
    public override bool? GreaterIsBetter => true;
}
