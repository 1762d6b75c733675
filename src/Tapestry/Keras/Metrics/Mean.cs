namespace Tapestry.Keras.Metrics;

/// <summary>The (weighted) mean of values. Source: <c>keras.metrics.Mean</c>.</summary>
public class Mean : Metric
{
    readonly Variable total;
    readonly Variable count;

    /// <summary>Creates the metric.</summary>
    /// <param name="name">The name.</param>
    /// <param name="dtype">The dtype of the state and the result.</param>
    public Mean(string name = "mean", DType? dtype = null)
        : base(name, dtype)
    {
        total = AddVariable("total");
        count = AddVariable("count");
    }

    /// <summary>Adds values.</summary>
    /// <param name="values">Values whose first axis is that of the samples; axes behind it are averaged.</param>
    /// <param name="sampleWeight">Weights that broadcast to the values, or null for ones.</param>
    public void UpdateState(Tensor values, Tensor? sampleWeight = null)
    {
        var (samples, weights) = SampleValues.Reduce(values, sampleWeight, DType, static (x, axes) => Ops.Mean(x, axes));
        total.AssignAdd(Ops.Sum(samples));
        count.AssignAdd(weights is not null ? Ops.Sum(weights) : samples.Rank == 0 ? 1.0 : Ops.Sum(Ops.OnesLike(samples)));
    }

    /// <summary>Adds values, given in the place of targets, with weights, given in the place of predictions.</summary>
    /// <param name="yTrue">The values.</param>
    /// <param name="yPred">Their weights.</param>
    /// <param name="sampleWeight">Factors of the weights, or null.</param>
    public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight) => UpdateState(yTrue, sampleWeight is null ? yPred : yPred * sampleWeight);

    /// <inheritdoc/>
    public override Tensor Result() => Ops.DivideNoNan(total, count);
}
