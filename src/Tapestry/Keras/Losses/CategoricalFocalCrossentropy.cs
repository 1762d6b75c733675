namespace Tapestry.Keras.Losses;

/// <summary>−Σ alpha·(1 − p)^gamma·t·log p along the axis of the classes, after Lin et al. (2018), for one-hot targets. Source: <c>keras.losses.CategoricalFocalCrossentropy</c>.</summary>
/// <param name="alpha">The weight.</param>
/// <param name="gamma">The exponent.</param>
/// <param name="fromLogits">Whether predictions are logits instead of probabilities.</param>
/// <param name="labelSmoothing">How far targets are moved toward equal shares, in [0, 1].</param>
/// <param name="axis">The axis of the classes.</param>
/// <param name="reduction">How the values of the samples become one.</param>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the computation; <see cref="DType.DefaultFloat"/> by default.</param>
public sealed class CategoricalFocalCrossentropy(double alpha = 0.25, double gamma = 2.0, bool fromLogits = false, double labelSmoothing = 0.0, int axis = -1, Reduction reduction = Reduction.SumOverBatchSize, string name = "categorical_focal_crossentropy", DType? dtype = null) : Loss(name, reduction, dtype)
{
    /// <summary>The weight.</summary>
    public double Alpha { get; } = alpha;

    /// <summary>The exponent.</summary>
    public double Gamma { get; } = gamma;

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
        var expected = LossTerms.SmoothCategorical(yTrue, LabelSmoothing);
        var scores = FromLogits ? Ops.Softmax(yPred, Axis) : yPred;
        var p = LossTerms.ClipProbabilities(scores / Ops.Sum(scores, Axis, keepdims: true));
        return Ops.Sum(Alpha * Ops.Pow(1.0 - p, Gamma) * (-expected * Ops.Log(p)), Axis);
    }
}
