namespace Tapestry.Keras.Metrics;

/// <summary>100 times the mean of |target − prediction| / |target|. Source: <c>keras.metrics.MeanAbsolutePercentageError</c>.</summary>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the state and the result; <see cref="DType.DefaultFloat"/> by default.</param>
[KerasName("MeanAbsolutePercentageError", "mape", "MAPE")]
public sealed class MeanAbsolutePercentageError(string name = "mean_absolute_percentage_error", DType? dtype = null) : MeanMetricWrapper(new Losses.MeanAbsolutePercentageError().Call, name, dtype)
{
    /// <inheritdoc/>
    public override bool? GreaterIsBetter => false;
}
