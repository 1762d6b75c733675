namespace Tapestry.Keras.Metrics;

/// <summary>The mean of |target − prediction|. Source: <c>keras.metrics.MeanAbsoluteError</c>.</summary>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the state and the result; <see cref="DType.DefaultFloat"/> by default.</param>
[KerasName("MeanAbsoluteError", "mae", "MAE")]
public sealed class MeanAbsoluteError(string name = "mean_absolute_error", DType? dtype = null) : MeanMetricWrapper(new Losses.MeanAbsoluteError().Call, name, dtype)
{
    /// <inheritdoc/>
    public override bool? GreaterIsBetter => false;
}
