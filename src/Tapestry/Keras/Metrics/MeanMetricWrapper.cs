namespace Tapestry.Keras.Metrics;

/// <summary>The mean of a function of targets and predictions over all samples. Source: <c>keras.metrics.MeanMetricWrapper</c>.</summary>
public class MeanMetricWrapper : Mean
{
    readonly Func<Tensor, Tensor, Tensor> function;

    /// <summary>Creates the metric.</summary>
    /// <param name="function">Gives a value per sample from targets and predictions.</param>
    /// <param name="name">The name.</param>
    /// <param name="dtype">The dtype of the state and the result.</param>
    public MeanMetricWrapper(Func<Tensor, Tensor, Tensor> function, string name, DType? dtype = null)
        : base(name, dtype)
    {
        this.function = function;
    }

    /// <summary>The values that the mean is taken of, one for each sample: the metric as a function, such as <c>keras.metrics.binary_accuracy</c>.</summary>
    /// <param name="yTrue">The targets.</param>
    /// <param name="yPred">The predictions.</param>
    /// <example>
    /// <code>
    /// var metric = new Tapestry.Keras.Metrics.BinaryAccuracy(threshold: 0.3);
    /// Console.WriteLine(metric.Values(new[] { 1f, 0f, 1f }, new[] { 0.9f, 0.4f, 0.2f }));
    /// </code>
    /// <code kind="output">
    /// tf.Tensor([1. 0. 0.], shape=(3,), dtype=float32)
    /// </code>
    /// </example>
    public Tensor Values(Tensor yTrue, Tensor yPred)
    {
        var prediction = yPred.DType.IsFloating ? yPred : Ops.Cast(yPred, DType);
        return function(Ops.Cast(yTrue, prediction.DType), prediction);
    }

    /// <inheritdoc/>
    public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight)
    {
        var mask = yPred.Mask;
        var values = Values(yTrue, yPred);
        if (mask is not null) sampleWeight = sampleWeight is null ? Ops.Cast(mask, DType) : SampleValues.Masked(Ops.Cast(sampleWeight, DType), mask);
        UpdateState(values, sampleWeight);
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object?> GetConfig()
    {
        if (GetType() == typeof(MeanMetricWrapper)) throw new TapestryException($"Metric {Name}", "a function has no configuration", remedy: "Derive a class from Metric to save it.");
        return base.GetConfig();
    }
}
