using Tapestry.Keras.Losses;

namespace Tapestry.Keras.Metrics;

/// <summary>Brings values and weights of any shape to one per sample.</summary>
static class SampleValues
{
    /// <summary>One weighted value per sample, and the weights if there are any.</summary>
    /// <param name="values">Values whose first axis is that of the samples.</param>
    /// <param name="sampleWeight">Weights that broadcast to the values, or null.</param>
    /// <param name="dtype">The dtype of the results.</param>
    /// <param name="reduce">Mean or sum over the axes behind the first.</param>
    internal static (Tensor Values, Tensor? Weights) Reduce(Tensor values, Tensor? sampleWeight, DType dtype, Func<Tensor, Axes, Tensor> reduce)
    {
        var mask = values.Mask;
        values = Ops.Cast(values, dtype);
        if (sampleWeight is not { } weights) return (Behind(values, 1, reduce), null);
        weights = Ops.Cast(weights, dtype);
        if (mask is not null) weights = Masked(weights, mask);
        RankAlignment.Align(ref values, ref weights);
        if (values.Rank > weights.Rank) values = Behind(values, weights.Rank, reduce);
        var rank = weights.Rank;
        weights = Ops.BroadcastLike(weights, values);
        return (Behind(values * weights, 1, reduce), rank > 1 ? Behind(weights, 1, reduce) : weights);
    }

    /// <summary>Weights that are zero where the mask is false.</summary>
    internal static Tensor Masked(Tensor weights, Tensor mask)
    {
        var valid = Ops.Cast(mask, weights.DType);
        RankAlignment.Align(ref valid, ref weights);
        return weights * valid;
    }

    static Tensor Behind(Tensor x, int first, Func<Tensor, Axes, Tensor> reduce) =>
        x.Rank <= first ? x : reduce(x, Enumerable.Range(first, x.Rank - first).ToArray());
}
