namespace Tapestry.Keras.Losses;

/// <summary>
/// (1 − p^q) / q, where p is the probability of the right class: between crossentropy (q → 0) and mean absolute error (q = 1), so that wrong
/// labels do less harm, after Zhang and Sabuncu (2018). Source: <c>keras.losses.CategoricalGeneralizedCrossEntropy</c>.
/// </summary>
/// <param name="q">The exponent, in (0, 1).</param>
/// <param name="reduction">How the values of the samples become one.</param>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the computation; <see cref="DType.DefaultFloat"/> by default.</param>
/// <exception cref="TapestryException">The exponent is outside its range.</exception>
[KerasName("CategoricalGeneralizedCrossEntropy", StandsForObject = false)]
public sealed class CategoricalGeneralizedCrossEntropy(double q = 0.5, Reduction reduction = Reduction.SumOverBatchSize, string name = "categorical_generalized_cross_entropy", DType? dtype = null) : Loss(name, reduction, dtype)
{
    /// <summary>The exponent.</summary>
    public double Q { get; } = q is > 0 and < 1 ? q : throw new TapestryException(nameof(CategoricalGeneralizedCrossEntropy), "q is outside its range", $"{q}", "a number in (0, 1)");

    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        if (yTrue.Rank == yPred.Rank && yTrue.Shape[^1] == 1) yTrue = Ops.Squeeze(yTrue, -1);
        if (yTrue.Rank != yPred.Rank - 1 || !yTrue.Shape.IsCompatibleWith(yPred.Shape[..^1])) throw Refuse("the shapes of labels and predictions do not fit", yTrue, yPred, "labels of the shape of the predictions without their last axis");
        var right = Ops.Sum(Ops.OneHot(Ops.Cast(yTrue, DType.Int32), yPred.Shape[^1], dtype: yPred.DType) * yPred, -1);
        return (1.0 - Ops.Pow(right, Q)) / Q;
    }
}
