namespace Tapestry.Keras.Metrics;

/// <summary>The number of samples of the class that are predicted so, weighted where weights are given. Source: <c>keras.metrics.TruePositives</c>.</summary>
/// <param name="thresholds">Above it a prediction says yes; 1/2 by default. With several the result has an entry for each.</param>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the state and the result; <see cref="DType.DefaultFloat"/> by default.</param>
public sealed class TruePositives(Thresholds? thresholds = null, string? name = null, DType? dtype = null) : ConfusionMetric(name, dtype, thresholds, null, null, "accumulator")
{
    /// <inheritdoc/>
    public override bool? GreaterIsBetter => true;

    /// <inheritdoc/>
    public override Tensor Result() => One(State(0));

    private protected override Tensor[] Select(Tensor truePositives, Tensor falsePositives, Tensor trueNegatives, Tensor falseNegatives) => [truePositives];
}
