namespace Tapestry.Keras.Losses;

/// <summary>Pieces that several losses share.</summary>
static class LossTerms
{
    /// <summary>What Keras adds where a zero would do harm.</summary>
    internal const double Epsilon = 1e-7;

    /// <summary>Values brought into [low, high].</summary>
    internal static Tensor Clip(Tensor x, double low, double high) => Ops.Minimum(Ops.Maximum(x, low), high);

    /// <summary>Probabilities that have a finite logarithm, also for the opposite.</summary>
    internal static Tensor ClipProbabilities(Tensor p) => Clip(p, Epsilon, 1 - Epsilon);

    /// <summary>Targets in {0, 1} moved toward 1/2.</summary>
    internal static Tensor SmoothBinary(Tensor yTrue, double smoothing) => smoothing == 0 ? yTrue : yTrue * (1 - smoothing) + 0.5 * smoothing;

    /// <summary>One-hot targets moved toward equal shares.</summary>
    internal static Tensor SmoothCategorical(Tensor yTrue, double smoothing) => smoothing == 0 ? yTrue : yTrue * (1 - smoothing) + smoothing / yTrue.Shape[^1];

    /// <summary>Labels in {0, 1} as {−1, 1}; left alone if any other label is among them.</summary>
    internal static Tensor SignLabels(Tensor yTrue)
    {
        var isBinary = Ops.All(Ops.LogicalOr(Ops.Equal(yTrue, 0.0), Ops.Equal(yTrue, 1.0)));
        return Ops.Where(isBinary, 2.0 * yTrue - 1.0, yTrue);
    }

    /// <summary>The values of Hinge, which as a metric do not align ranks, as in Keras.</summary>
    internal static Tensor Hinge(Tensor yTrue, Tensor yPred) => Ops.Mean(Ops.Maximum(1.0 - SignLabels(yTrue) * yPred, 0.0), -1);

    /// <summary>The values of SquaredHinge, which as a metric do not align ranks, as in Keras.</summary>
    internal static Tensor SquaredHinge(Tensor yTrue, Tensor yPred) => Ops.Mean(Ops.Square(Ops.Maximum(1.0 - SignLabels(yTrue) * yPred, 0.0)), -1);

    /// <summary>The values of Poisson, which as a metric do not align ranks, as in Keras.</summary>
    internal static Tensor Poisson(Tensor yTrue, Tensor yPred) => Ops.Mean(yPred - yTrue * Ops.Log(yPred + Epsilon), -1);
}
