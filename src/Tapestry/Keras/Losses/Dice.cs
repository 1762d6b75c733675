namespace Tapestry.Keras.Losses;

/// <summary>1 − 2·Σ t·p / (Σ t + Σ p), over all axes or some, after Sørensen and Dice. Source: <c>keras.losses.Dice</c>.</summary>
/// <param name="axis">The axes that are summed over; null for all.</param>
/// <param name="reduction">How the values of the samples become one.</param>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the computation; <see cref="DType.DefaultFloat"/> by default.</param>
public sealed class Dice(Axes? axis = null, Reduction reduction = Reduction.SumOverBatchSize, string name = "dice", DType? dtype = null) : Loss(name, reduction, dtype)
{
    /// <summary>The axes that are summed over; null for all.</summary>
    public Axes? Axis { get; } = axis;

    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        RankAlignment.Align(ref yTrue, ref yPred);
        var common = Sum(yTrue * yPred);
        return 1.0 - 2.0 * common / (Sum(yTrue) + Sum(yPred) + LossTerms.Epsilon);
    }

    Tensor Sum(Tensor x) => Axis is { } axes ? Ops.Sum(x, axes) : Ops.Sum(x);
}
