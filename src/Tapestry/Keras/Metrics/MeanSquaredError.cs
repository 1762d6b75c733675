namespace Tapestry.Keras.Metrics;

/// <summary>The mean of (target − prediction)². Source: <c>keras.metrics.MeanSquaredError</c>.</summary>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the state and the result; <see cref="DType.DefaultFloat"/> by default.</param>
[KerasName("MeanSquaredError", "mse", "MSE")]
public sealed class MeanSquaredError(string name = "mean_squared_error", DType? dtype = null) : MeanMetricWrapper(new Losses.MeanSquaredError().Call, name, dtype)
{
    /// <inheritdoc/>
    public override bool? GreaterIsBetter => false;
}
