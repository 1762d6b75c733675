using Tapestry.Keras.Losses;

namespace Tapestry.Keras.Metrics;

/// <summary>Whether samples are predicted rightly, as 1 and 0.</summary>
static class Accuracies
{
    /// <summary>Which elements are equal.</summary>
    internal static Tensor Equal(Tensor yTrue, Tensor yPred)
    {
        RankAlignment.Align(ref yTrue, ref yPred);
        return Ops.Cast(Ops.Equal(yTrue, yPred), DType.DefaultFloat);
    }

    /// <summary>Which elements lie on the right side of a threshold.</summary>
    internal static Tensor Binary(Tensor yTrue, Tensor yPred, double threshold)
    {
        RankAlignment.Align(ref yTrue, ref yPred);
        return Ops.Cast(Ops.Equal(yTrue, Ops.Cast(Ops.Greater(yPred, threshold), yTrue.DType)), DType.DefaultFloat);
    }

    /// <summary>Whether the greatest prediction is that of a class.</summary>
    internal static Tensor Sparse(Tensor yTrue, Tensor yPred)
    {
        var isColumn = yTrue.Rank == yPred.Rank && yTrue.Shape[^1] == 1;
        var labels = isColumn ? Ops.Squeeze(yTrue, -1) : yTrue;
        var matches = Ops.Cast(Ops.Equal(Ops.Cast(labels, DType.Int64), Ops.Cast(Ops.ArgMax(yPred, -1), DType.Int64)), DType.DefaultFloat);
        return isColumn ? Ops.ExpandDims(matches, -1) : matches;
    }

    /// <summary>Whether less than k predictions are greater than that of a class.</summary>
    internal static Tensor InTopK(Tensor yTrue, Tensor yPred, int k)
    {
        var isColumn = yTrue.Rank == yPred.Rank && yTrue.Shape[^1] == 1;
        var matches = Ops.Cast(Ops.InTopK(isColumn ? Ops.Squeeze(yTrue, -1) : yTrue, yPred, k), DType.DefaultFloat);
        return isColumn ? Ops.ExpandDims(matches, -1) : matches;
    }

    /// <summary>Whether a class is among the first k of predictions that are numbers of classes, best first.</summary>
    internal static Tensor InFirstK(Tensor yTrue, Tensor yPred, int k)
    {
        var isColumn = yTrue.Rank == yPred.Rank && yTrue.Shape[^1] == 1;
        var places = Ops.Cast(Enumerable.Range(0, yPred.Shape[^1]).Select(place => place < k).ToArray(), DType.Bool);
        var equal = Ops.Equal(isColumn ? yTrue : Ops.ExpandDims(yTrue, -1), yPred);
        var matches = Ops.Cast(Ops.Any(Ops.LogicalAnd(equal, places), -1), DType.DefaultFloat);
        return isColumn ? Ops.ExpandDims(matches, -1) : matches;
    }

    /// <summary>The numbers of the classes of one-hot targets.</summary>
    internal static Tensor Labels(Tensor yTrue) => Ops.ArgMax(yTrue, -1);
}
