namespace Tapestry.Keras.Metrics;

/// <summary>
/// The area under a curve of two classes, approximated by its points at thresholds: how often a sample of the class is rated higher than another (curve "ROC"), or the mean precision over
/// all recalls (curve "PR"). Source: <c>keras.metrics.AUC</c>.
/// </summary>
/// <remarks>Between points of recall and precision "interpolation" follows the curve of Davis and Goadrich, which lies below the straight line.</remarks>
/// <example>
/// <code>
/// var metric = new Tapestry.Keras.Metrics.AUC();
/// metric.UpdateState(new[] { 0f, 0f, 1f, 1f }, new[] { 0f, 0.5f, 0.3f, 0.9f });
/// Console.WriteLine($"{metric.Result().Item&lt;float>():F2}");
/// </code>
/// <code kind="output">
/// 0.75
/// </code>
/// </example>
public sealed class AUC : Metric
{
    static readonly string[] States = ["true_positives", "false_positives", "true_negatives", "false_negatives"];

    readonly ConfusionCounts counts;
    readonly Variable[] accumulators = new Variable[4];

    /// <summary>Creates the metric.</summary>
    /// <param name="numThresholds">The number of thresholds at equal distances, at least 2.</param>
    /// <param name="curve">"ROC" or "PR".</param>
    /// <param name="summationMethod">How the area between two points is taken: "interpolation", or under the lower or the higher one: "minoring", "majoring".</param>
    /// <param name="name">The name.</param>
    /// <param name="dtype">The dtype of the state and the result; <see cref="DType.DefaultFloat"/> by default.</param>
    /// <param name="thresholds">Thresholds within [0, 1] in place of those at equal distances; 0 and 1 are added.</param>
    /// <param name="multiLabel">Whether each class, along the last axis, has a curve of its own; the result is the mean of the areas.</param>
    /// <param name="numLabels">The number of classes; by default that of the first predictions.</param>
    /// <param name="labelWeights">Weights of the classes: of their areas with <paramref name="multiLabel"/>, else of their samples.</param>
    /// <param name="fromLogits">Whether predictions are logits instead of probabilities.</param>
    /// <exception cref="TapestryException">An argument is outside its range.</exception>
    public AUC(
        int numThresholds = 200, string curve = "ROC", string summationMethod = "interpolation", string? name = null, DType? dtype = null, double[]? thresholds = null,
        bool multiLabel = false, int? numLabels = null, double[]? labelWeights = null, bool fromLogits = false)
        : base(name, dtype)
    {
        Curve = curve is "ROC" or "PR" ? curve : throw new TapestryException("AUC.Curve", "unknown value", $"\"{curve}\"", "\"ROC\" or \"PR\"");
        SummationMethod = summationMethod is "interpolation" or "minoring" or "majoring" ? summationMethod : throw new TapestryException("AUC.SummationMethod", "unknown value", $"\"{summationMethod}\"", "\"interpolation\", \"minoring\" or \"majoring\"");
        if (thresholds is null && numThresholds < 2) throw new TapestryException("AUC.NumThresholds", "outside its range", $"{numThresholds}", "2 or more");
        if (labelWeights is not null && labelWeights.Any(weight => weight < 0)) throw new TapestryException("AUC.LabelWeights", "a weight is negative", string.Join(", ", labelWeights), "numbers from 0 on");
        if (numLabels is not null && !multiLabel) throw new TapestryException("AUC.NumLabels", "classes are counted only with multiLabel", $"{numLabels}", "null");
        double[] inner = thresholds is null ? [.. Enumerable.Range(1, numThresholds - 2).Select(i => i / (numThresholds - 1.0))] : [.. ((Thresholds)thresholds).Order()];
        Thresholds = thresholds;
        NumThresholds = inner.Length + 2;
        MultiLabel = multiLabel;
        NumLabels = numLabels;
        LabelWeights = labelWeights;
        FromLogits = fromLogits;
        counts = new([-1e-7, .. inner, 1 + 1e-7]) { IsByLabel = multiLabel, IsEven = thresholds is null || ConfusionCounts.AreEven([0, .. inner, 1]), LabelWeights = labelWeights };
        if (!multiLabel) Build([NumThresholds]);
        else if (numLabels is { } labels) Build([NumThresholds, labels]);
    }

    /// <summary>The number of thresholds, 0 and 1 among them.</summary>
    public int NumThresholds { get; }

    /// <summary>"ROC" or "PR".</summary>
    public string Curve { get; }

    /// <summary>"interpolation", "minoring" or "majoring".</summary>
    public string SummationMethod { get; }

    /// <summary>Thresholds that were given, or null.</summary>
    public double[]? Thresholds { get; }

    /// <summary>Whether each class has a curve of its own.</summary>
    public bool MultiLabel { get; }

    /// <summary>The number of classes, where it was given.</summary>
    public int? NumLabels { get; }

    /// <summary>Weights of the classes, or null.</summary>
    public double[]? LabelWeights { get; }

    /// <summary>Whether predictions are logits.</summary>
    public bool FromLogits { get; }

    /// <inheritdoc/>
    public override bool? GreaterIsBetter => true;

    /// <inheritdoc/>
    /// <exception cref="TapestryException">The shapes of targets and predictions differ.</exception>
    public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null)
    {
        if (MultiLabel && (yPred.Rank != 2 || yPred.Shape[^1] < 0)) throw new TapestryException("AUC", "there are no classes along a last axis", yPred.Spec.ToString(), "predictions [samples, classes]");
        if (accumulators[0] is null) Build([NumThresholds, yPred.Shape[^1]]);
        var (truePositives, falsePositives, trueNegatives, falseNegatives) = counts.Of(yTrue, FromLogits ? Ops.Sigmoid(yPred) : yPred, sampleWeight, DType);
        accumulators[0].AssignAdd(truePositives);
        accumulators[1].AssignAdd(falsePositives);
        accumulators[2].AssignAdd(trueNegatives);
        accumulators[3].AssignAdd(falseNegatives);
    }

    /// <inheritdoc/>
    public override Tensor Result()
    {
        if (accumulators[0] is null) return Ops.Zeros([], DType);
        Tensor found = accumulators[0].Value, alarms = accumulators[1].Value, silent = accumulators[2].Value, missed = accumulators[3].Value;
        if (Curve == "PR" && SummationMethod == "interpolation") return Together(Interpolated(found, alarms, missed));
        var recall = Ops.DivideNoNan(found, found + missed);
        var (x, y) = Curve == "ROC" ? (Ops.DivideNoNan(alarms, alarms + silent), recall) : (recall, Ops.DivideNoNan(found, found + alarms));
        var height = SummationMethod switch
        {
            "interpolation" => (y[..^1] + y[1..]) / 2.0,
            "minoring" => Ops.Minimum(y[..^1], y[1..]),
            _ => Ops.Maximum(y[..^1], y[1..]),
        };
        return Together((x[..^1] - x[1..]) * height);
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object?> GetConfig()
    {
        var config = new Dictionary<string, object?>(base.GetConfig());
        // As Keras writes it.
        if (Thresholds is null) config.Remove("thresholds");
        return config;
    }

    // J. Davis, M. Goadrich: The relationship between precision-recall and ROC curves (2006): between two points true positives grow linearly with all predicted positives.
    static Tensor Interpolated(Tensor found, Tensor alarms, Tensor missed)
    {
        var predicted = found + alarms;
        var growth = found[..^1] - found[1..];
        var slope = Ops.DivideNoNan(growth, Ops.Maximum(predicted[..^1] - predicted[1..], 0.0));
        var intercept = found[1..] - (slope * predicted[1..]);
        var areSome = Ops.LogicalAnd(predicted[..^1] > 0.0, predicted[1..] > 0.0);
        var ratio = Ops.Where(areSome, Ops.DivideNoNan(predicted[..^1], Ops.Maximum(predicted[1..], 0.0)), Ops.OnesLike(predicted[1..]));
        return Ops.DivideNoNan(slope * (growth + (intercept * Ops.Log(ratio))), Ops.Maximum(found[1..] + missed[1..], 0.0));
    }

    Tensor Together(Tensor areas)
    {
        if (!MultiLabel) return Ops.Sum(areas);
        var byLabel = Ops.Sum(areas, 0);
        return LabelWeights is null ? Ops.Mean(byLabel) : Ops.DivideNoNan(Ops.Sum(byLabel * Ops.Cast((Tensor)LabelWeights, DType)), (double)LabelWeights.Sum());
    }

    // The number of classes may be seen first within a function that is traced; state is none of its values.
    void Build(Shape shape)
    {
        using (Scopes.Current.Enter(null))
        {
            for (var i = 0; i < States.Length; i++) accumulators[i] = AddVariable(States[i], shape);
        }
    }
}
