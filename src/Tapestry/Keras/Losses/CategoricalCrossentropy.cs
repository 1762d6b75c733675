namespace Tapestry.Keras.Losses;

/// <summary>−Σ t·log p along the axis of the classes, for one-hot targets. Probabilities are brought to a sum of 1 first. Source: <c>keras.losses.CategoricalCrossentropy</c>.</summary>
/// <param name="fromLogits">Whether predictions are logits instead of probabilities.</param>
/// <param name="labelSmoothing">How far targets are moved toward equal shares, in [0, 1].</param>
/// <param name="axis">The axis of the classes.</param>
/// <param name="reduction">How the values of the samples become one.</param>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the computation; <see cref="DType.DefaultFloat"/> by default.</param>
public sealed class CategoricalCrossentropy(bool fromLogits = false, double labelSmoothing = 0.0, int axis = -1, Reduction reduction = Reduction.SumOverBatchSize, string name = "categorical_crossentropy", DType? dtype = null) : Loss(name, reduction, dtype)
{
    /// <summary>Whether predictions are logits instead of probabilities.</summary>
    public bool FromLogits { get; } = fromLogits;

    /// <summary>How far targets are moved away from certainty.</summary>
    public double LabelSmoothing { get; } = labelSmoothing is >= 0 and <= 1
        ? labelSmoothing
        : throw new TapestryException("Loss.LabelSmoothing", "outside its range", $"{labelSmoothing}", "a number in [0, 1]");

    /// <summary>The axis of the classes.</summary>
    public int Axis { get; } = axis;

    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        RankAlignment.Align(ref yTrue, ref yPred);
        CategoricalShapes.Require(this, yTrue, yPred);
        return Ops.CategoricalCrossentropy(LossTerms.SmoothCategorical(yTrue, LabelSmoothing), yPred, FromLogits, Axis);
    }
}
