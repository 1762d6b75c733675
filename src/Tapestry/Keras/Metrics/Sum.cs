namespace Tapestry.Keras.Metrics;

/// <summary>The (weighted) sum of values. Source: <c>keras.metrics.Sum</c>.</summary>
public sealed class Sum : Metric
{
    readonly Variable total;

    /// <summary>Creates the metric.</summary>
    /// <param name="name">The name.</param>
    /// <param name="dtype">The dtype of the state and the result.</param>
    public Sum(string name = "sum", DType? dtype = null)
        : base(name, dtype)
    {
        total = AddVariable("total");
    }

    /// <summary>Adds values.</summary>
    /// <param name="values">The values.</param>
    /// <param name="sampleWeight">Weights that broadcast to the values, or null for ones.</param>
    public void UpdateState(Tensor values, Tensor? sampleWeight = null)
    {
        var (samples, _) = SampleValues.Reduce(values, sampleWeight, DType, static (x, axes) => Ops.Sum(x, axes));
        total.AssignAdd(Ops.Sum(samples));
    }

    /// <summary>Adds values, given in the place of targets, with weights, given in the place of predictions.</summary>
    /// <param name="yTrue">The values.</param>
    /// <param name="yPred">Their weights.</param>
    /// <param name="sampleWeight">Factors of the weights, or null.</param>
    public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight) => UpdateState(yTrue, sampleWeight is null ? yPred : yPred * sampleWeight);

    /// <inheritdoc/>
    public override Tensor Result() => total.Value;
}
