namespace Tapestry.Keras.Metrics;

/// <summary>The share of the predictions of a class that are right: TP / (TP + FP), 0 without such predictions. Source: <c>keras.metrics.Precision</c>.</summary>
/// <param name="thresholds">Above it a prediction says yes; 1/2 by default, none where <paramref name="topK"/> is given. With several the result has an entry for each.</param>
/// <param name="topK">How many of the greatest predictions of a row say yes; null for all above the threshold.</param>
/// <param name="classId">The only class, along the last axis, that counts; null for all.</param>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the state and the result; <see cref="DType.DefaultFloat"/> by default.</param>
/// <example>
/// <code>
/// var metric = new Tapestry.Keras.Metrics.Precision();
/// metric.UpdateState(new[] { 0f, 1f, 1f, 1f }, new[] { 0.6f, 0.3f, 0.8f, 0.9f });
/// Console.WriteLine($"{metric.Result().Item&lt;float>():F2}");
/// </code>
/// <code kind="output">
/// 0.67
/// </code>
/// </example>
public sealed class Precision(Thresholds? thresholds = null, int? topK = null, int? classId = null, string? name = null, DType? dtype = null)
    : ConfusionMetric(name, dtype, thresholds, topK, classId, "true_positives", "false_positives")
{
    /// <summary>How many of the greatest predictions of a row say yes, or null.</summary>
    public int? TopK { get; } = topK;

    /// <summary>The only class that counts, or null.</summary>
    public int? ClassId { get; } = classId;

    /// <inheritdoc/>
    public override Tensor Result() => One(Ops.DivideNoNan(State(0), State(0) + State(1)));

    private protected override Tensor[] Select(Tensor truePositives, Tensor falsePositives, Tensor trueNegatives, Tensor falseNegatives) => [truePositives, falsePositives];
}
