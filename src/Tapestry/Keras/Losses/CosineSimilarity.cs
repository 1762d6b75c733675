namespace Tapestry.Keras.Losses;

/// <summary>Minus the cosine of the angle between target and prediction: −1 for the same direction, 0 for right angles, 1 for opposite ones. Source: <c>keras.losses.CosineSimilarity</c>.</summary>
/// <param name="axis">The axis along which the vectors lie.</param>
/// <param name="reduction">How the values of the samples become one.</param>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the computation; <see cref="DType.DefaultFloat"/> by default.</param>
public sealed class CosineSimilarity(int axis = -1, Reduction reduction = Reduction.SumOverBatchSize, string name = "cosine_similarity", DType? dtype = null) : Loss(name, reduction, dtype)
{
    /// <summary>The axis along which the vectors lie.</summary>
    public int Axis { get; } = axis;

    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        RankAlignment.Align(ref yTrue, ref yPred);
        return -Ops.Sum(Ops.Normalize(yTrue, Axis) * Ops.Normalize(yPred, Axis), Axis);
    }
}
