namespace Tapestry.Keras.Losses;

/// <summary>Weights, masks and reduces the values of samples.</summary>
static class WeightedReduction
{
    /// <summary>One number from the values of samples, or with <see cref="Reduction.None"/> the weighted values.</summary>
    internal static Tensor Reduce(Tensor values, Tensor? sampleWeight, Tensor? mask, Reduction reduction)
    {
        var weight = Weight(sampleWeight, mask, reduction, values.DType);
        if (weight is not null)
        {
            RankAlignment.Align(ref values, ref weight);
            values *= weight;
        }

        if (reduction == Reduction.None || values.Rank == 0 || values is { Rank: 1, Size: 0 }) return values;
        if (reduction == Reduction.Sum) return Ops.Sum(values);
        if (reduction == Reduction.MeanWithSampleWeight && weight is not null) return Ops.DivideNoNan(Ops.Sum(values), Ops.Sum(weight));
        return values.Size == 0 ? Ops.Sum(values) : Ops.Mean(values);
    }

    // Under a mean the valid entries weigh total / valid, so that the mean over all is that over the valid ones.
    static Tensor? Weight(Tensor? sampleWeight, Tensor? mask, Reduction reduction, DType dtype)
    {
        if (mask is null) return sampleWeight is null ? null : Ops.Cast(sampleWeight, dtype);
        var valid = Ops.Cast(mask, dtype);
        if (reduction is Reduction.SumOverBatchSize or Reduction.Mean) valid *= Ops.DivideNoNan(Ops.Sum(Ops.OnesLike(valid)), Ops.Sum(valid));
        if (sampleWeight is null) return valid;
        var weight = Ops.Cast(sampleWeight, dtype);
        RankAlignment.Align(ref valid, ref weight);
        return weight * valid;
    }
}
