namespace Tapestry.Keras.Losses;

/// <summary>1 − c / (c + alpha·Σ t·(1 − p) + beta·Σ p·(1 − t)) with c = Σ t·p, over all axes or some, after Tversky (1977). Source: <c>keras.losses.Tversky</c>.</summary>
/// <param name="alpha">The weight of what is missed.</param>
/// <param name="beta">The weight of what is invented.</param>
/// <param name="axis">The axes that are summed over; null for all.</param>
/// <param name="reduction">How the values of the samples become one.</param>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the computation; <see cref="DType.DefaultFloat"/> by default.</param>
public sealed class Tversky(double alpha = 0.5, double beta = 0.5, Axes? axis = null, Reduction reduction = Reduction.SumOverBatchSize, string name = "tversky", DType? dtype = null) : Loss(name, reduction, dtype)
{
    /// <summary>The weight of what is missed.</summary>
    public double Alpha { get; } = alpha;

    /// <summary>The weight of what is invented.</summary>
    public double Beta { get; } = beta;

    /// <summary>The axes that are summed over; null for all.</summary>
    public Axes? Axis { get; } = axis;

    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        RankAlignment.Align(ref yTrue, ref yPred);
        var common = Sum(yTrue * yPred);
        var missed = Sum((1.0 - yPred) * yTrue);
        var invented = Sum(yPred * (1.0 - yTrue));
        return 1.0 - common / (common + missed * Alpha + invented * Beta + LossTerms.Epsilon);
    }

    Tensor Sum(Tensor x) => Axis is { } axes ? Ops.Sum(x, axes) : Ops.Sum(x);
}
