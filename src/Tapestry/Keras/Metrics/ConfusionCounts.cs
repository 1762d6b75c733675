using Tapestry.Keras.Losses;

namespace Tapestry.Keras.Metrics;

/// <summary>Counts right and wrong predictions of two classes at each of several thresholds. Source: <c>keras.src.metrics.metrics_utils.update_confusion_matrix_variables</c>.</summary>
/// <param name="Thresholds">A prediction above a threshold says yes.</param>
sealed record ConfusionCounts(double[] Thresholds)
{
    /// <summary>Below every prediction, and the score of a class that is not among the first.</summary>
    internal const double Lowest = -1e10;

    /// <summary>How many of the greatest predictions of a row count; null for all.</summary>
    internal int? TopK { get; init; }

    /// <summary>The only class that counts; null for all.</summary>
    internal int? ClassId { get; init; }

    /// <summary>Whether each class is counted for itself.</summary>
    internal bool IsByLabel { get; init; }

    /// <summary>Whether thresholds lie at equal distances, of which the first and the last are just outside [0, 1]. Predictions then go into the interval that they lie in, those outside into the outermost.</summary>
    internal bool IsEven { get; init; }

    /// <summary>Weights of the classes, or null.</summary>
    internal double[]? LabelWeights { get; init; }

    /// <summary>Whether thresholds lie at equal distances from 0 to 1, as Keras finds out.</summary>
    internal static bool AreEven(IReadOnlyList<double> thresholds) =>
        thresholds.Count >= 3 && Enumerable.Range(0, thresholds.Count).All(i => Math.Abs(thresholds[i] - (i / (thresholds.Count - 1.0))) <= 1e-7 + (1e-5 * Math.Abs(i / (thresholds.Count - 1.0))));

    /// <summary>The (weighted) numbers of samples at each threshold, [thresholds] or [thresholds, classes].</summary>
    /// <exception cref="TapestryException">The shapes differ, or there is no such class.</exception>
    internal (Tensor TruePositives, Tensor FalsePositives, Tensor TrueNegatives, Tensor FalseNegatives) Of(Tensor yTrue, Tensor yPred, Tensor? sampleWeight, DType dtype)
    {
        yPred = Ops.Cast(yPred, dtype);
        yTrue = Ops.Cast(yTrue, dtype);
        RankAlignment.Align(ref yTrue, ref yPred);
        if (!yTrue.Shape.IsCompatibleWith(yPred.Shape)) throw new TapestryException("Metric", "the shapes differ", $"targets {yTrue.Spec}, predictions {yPred.Spec}", "equal shapes");
        if (TopK is { } k) yPred = Ops.Where(Ops.Any(Ops.Cast(Ops.OneHot(Ops.TopK(yPred, k).Indices, yPred.Shape[^1]), DType.Bool), -2), yPred, Lowest);
        if (ClassId is { } number)
        {
            if (yPred.Rank == 0 || number < 0 || (yPred.Shape[^1] >= 0 && number >= yPred.Shape[^1])) throw new TapestryException("Metric", $"there is no class {number}", yPred.Spec.ToString(), "the number of a class along the last axis");
            yTrue = Ops.Take(yTrue, number, -1);
            yPred = Ops.Take(yPred, number, -1);
        }

        var weights = Weights(yTrue, yPred, sampleWeight);
        var isYes = IsEven ? yTrue : Ops.Cast(Ops.NotEqual(yTrue, 0.0), dtype);
        var (yes, no) = (isYes, 1.0 - isYes);
        if (weights is not null) (yes, no) = (yes * weights, no * weights);
        Shape rows = IsByLabel && yPred.Rank > 1 ? [1, null, yPred.Shape[^1]] : [1, null];
        (yes, no, yPred) = (Ops.Reshape(yes, rows), Ops.Reshape(no, rows), Ops.Reshape(yPred, rows));
        var above = Ops.Cast(Above(yPred, rows.Rank), dtype);
        var (right, wrong) = (Ops.Sum(above * yes, 1), Ops.Sum(above * no, 1));
        return (right, wrong, Ops.Sum(no, 1) - wrong, Ops.Sum(yes, 1) - right);
    }

    Tensor Above(Tensor yPred, int rank)
    {
        Shape column = rank == 3 ? [Thresholds.Length, 1, 1] : [Thresholds.Length, 1];
        if (!IsEven) return Ops.Greater(yPred, Ops.Cast(Ops.Reshape(Thresholds, column), yPred.DType));
        var intervals = Ops.Maximum(Ops.Ceiling(Ops.ClipByValue(yPred, 0.0, 1.0) * (Thresholds.Length - 1.0)) - 1.0, 0.0);
        return Ops.GreaterEqual(intervals, Ops.Cast(Ops.Reshape(Enumerable.Range(0, Thresholds.Length).ToArray(), column), yPred.DType));
    }

    Tensor? Weights(Tensor yTrue, Tensor yPred, Tensor? sampleWeight)
    {
        Tensor? weights = null;
        if (sampleWeight is not null)
        {
            weights = Ops.Cast(sampleWeight, yPred.DType);
            if (weights.Rank == yPred.Rank + 1 && weights.Shape[^1] == 1) weights = Ops.Squeeze(weights, -1);
            while (weights.Rank > 0 && weights.Rank < yPred.Rank && weights.Shape[0] == yPred.Shape[0] && yPred.Rank == weights.Rank + 1) weights = Ops.ExpandDims(weights, -1);
        }

        if (LabelWeights is not null && !IsByLabel) weights = weights is null ? Ops.Cast((Tensor)LabelWeights, yPred.DType) : weights * Ops.Cast((Tensor)LabelWeights, yPred.DType);
        return weights is null ? null : weights * Ops.OnesLike(yTrue);
    }
}
