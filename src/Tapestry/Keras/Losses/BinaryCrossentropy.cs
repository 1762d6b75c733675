namespace Tapestry.Keras.Losses;

/// <summary>The mean of −(t·log p + (1 − t)·log(1 − p)) over an axis: for targets in {0, 1} that do not exclude each other. Source: <c>keras.losses.BinaryCrossentropy</c>.</summary>
/// <param name="fromLogits">Whether predictions are logits instead of probabilities.</param>
/// <param name="labelSmoothing">How far targets are moved toward 1/2, in [0, 1].</param>
/// <param name="axis">The axis that the mean is taken over.</param>
/// <param name="reduction">How the values of the samples become one.</param>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the computation; <see cref="DType.DefaultFloat"/> by default.</param>
[KerasName("BinaryCrossentropy", "bce", "BCE")]
public sealed class BinaryCrossentropy(bool fromLogits = false, double labelSmoothing = 0.0, int axis = -1, Reduction reduction = Reduction.SumOverBatchSize, string name = "binary_crossentropy", DType? dtype = null) : Loss(name, reduction, dtype)
{
    /// <summary>Whether predictions are logits instead of probabilities.</summary>
    public bool FromLogits { get; } = fromLogits;

    /// <summary>How far targets are moved away from certainty.</summary>
    public double LabelSmoothing { get; } = labelSmoothing is >= 0 and <= 1
        ? labelSmoothing
        : throw new TapestryException("Loss.LabelSmoothing", "outside its range", $"{labelSmoothing}", "a number in [0, 1]");

    /// <summary>The axis that the mean is taken over.</summary>
    public int Axis { get; } = axis;

    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        RankAlignment.Align(ref yTrue, ref yPred);
        return Ops.Mean(Ops.BinaryCrossentropy(LossTerms.SmoothBinary(yTrue, LabelSmoothing), yPred, FromLogits), Axis);
    }
}
