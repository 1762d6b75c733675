namespace Tapestry.Keras.Metrics;

/// <summary>The number of other samples that are predicted as of the class, weighted where weights are given. Source: <c>keras.metrics.FalsePositives</c>.</summary>
/// <param name="thresholds">Above it a prediction says yes; 1/2 by default. With several the result has an entry for each.</param>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the state and the result; <see cref="DType.DefaultFloat"/> by default.</param>
public sealed class FalsePositives(Thresholds? thresholds = null, string? name = null, DType? dtype = null) : ConfusionMetric(name, dtype, thresholds, null, null, "accumulator")
{
    /// <inheritdoc/>
    public override bool? GreaterIsBetter => false;

    /// <inheritdoc/>
    public override Tensor Result() => One(State(0));

    private protected override Tensor[] Select(Tensor truePositives, Tensor falsePositives, Tensor trueNegatives, Tensor falseNegatives) => [falsePositives];
}
