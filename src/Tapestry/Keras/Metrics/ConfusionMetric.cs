namespace Tapestry.Keras.Metrics;

/// <summary>A metric from the counts of right and wrong predictions of two classes at one or several thresholds.</summary>
public abstract class ConfusionMetric : Metric
{
    readonly Variable[] accumulators;

    private protected ConfusionMetric(string? name, DType? dtype, Thresholds? thresholds, int? topK, int? classId, params ReadOnlySpan<string> states)
        : base(name, dtype)
    {
        Thresholds = thresholds;
        double[] all = thresholds is null ? [topK is null ? 0.5 : ConfusionCounts.Lowest] : [.. thresholds];
        Counts = new(all) { TopK = topK, ClassId = classId };
        accumulators = new Variable[states.Length];
        for (var i = 0; i < states.Length; i++) accumulators[i] = AddVariable(states[i], [all.Length]);
    }

    /// <summary>The thresholds above which a prediction says yes; null for 1/2, or for none where only the greatest predictions count.</summary>
    public Thresholds? Thresholds { get; }

    /// <inheritdoc/>
    public override bool? GreaterIsBetter => true;

    private protected ConfusionCounts Counts { get; }

    private protected Tensor State(int index) => accumulators[index].Value;

    /// <inheritdoc/>
    /// <exception cref="TapestryException">The shapes of targets and predictions differ.</exception>
    public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null)
    {
        var (truePositives, falsePositives, trueNegatives, falseNegatives) = Counts.Of(yTrue, yPred, sampleWeight, DType);
        var added = Select(truePositives, falsePositives, trueNegatives, falseNegatives);
        for (var i = 0; i < accumulators.Length; i++) accumulators[i].AssignAdd(added[i]);
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object?> GetConfig()
    {
        var config = new Dictionary<string, object?>(base.GetConfig());
        if (Thresholds is { IsSingle: true }) config["thresholds"] = Thresholds[0];
        return config;
    }

    private protected abstract Tensor[] Select(Tensor truePositives, Tensor falsePositives, Tensor trueNegatives, Tensor falseNegatives);

    private protected Tensor One(Tensor results) => Counts.Thresholds.Length == 1 ? Ops.Squeeze(results, 0) : results;
}
