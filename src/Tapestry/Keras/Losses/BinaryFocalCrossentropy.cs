namespace Tapestry.Keras.Losses;

/// <summary><see cref="BinaryCrossentropy"/> times (1 − p)^gamma, where p is the probability of the truth, so that what is right already counts little, after Lin et al. (2018). Source: <c>keras.losses.BinaryFocalCrossentropy</c>.</summary>
/// <param name="applyClassBalancing">Whether class 1 is weighted by alpha and class 0 by 1 − alpha.</param>
/// <param name="alpha">The weight of class 1.</param>
/// <param name="gamma">The exponent.</param>
/// <param name="fromLogits">Whether predictions are logits instead of probabilities.</param>
/// <param name="labelSmoothing">How far targets are moved toward 1/2, in [0, 1].</param>
/// <param name="axis">The axis that the mean is taken over.</param>
/// <param name="reduction">How the values of the samples become one.</param>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the computation; <see cref="DType.DefaultFloat"/> by default.</param>
public sealed class BinaryFocalCrossentropy(bool applyClassBalancing = false, double alpha = 0.25, double gamma = 2.0, bool fromLogits = false, double labelSmoothing = 0.0, int axis = -1, Reduction reduction = Reduction.SumOverBatchSize, string name = "binary_focal_crossentropy", DType? dtype = null) : Loss(name, reduction, dtype)
{
    /// <summary>Whether the classes are weighted by alpha and 1 − alpha.</summary>
    public bool ApplyClassBalancing { get; } = applyClassBalancing;

    /// <summary>The weight of class 1.</summary>
    public double Alpha { get; } = alpha;

    /// <summary>The exponent.</summary>
    public double Gamma { get; } = gamma;

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
        var expected = LossTerms.SmoothBinary(yTrue, LabelSmoothing);
        var p = FromLogits ? Ops.Sigmoid(yPred) : yPred;
        var right = expected * p + (1.0 - expected) * (1.0 - p);
        var focal = Ops.Pow(1.0 - right, Gamma) * Ops.BinaryCrossentropy(expected, yPred, FromLogits);
        if (ApplyClassBalancing) focal = (expected * Alpha + (1.0 - expected) * (1 - Alpha)) * focal;
        return Ops.Mean(focal, Axis);
    }
}
