namespace Tapestry.Keras.Metrics;

/// <summary>The mean of (log(1 + target) − log(1 + prediction))². Source: <c>keras.metrics.MeanSquaredLogarithmicError</c>.</summary>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the state and the result; <see cref="DType.DefaultFloat"/> by default.</param>
[KerasName("MeanSquaredLogarithmicError", "msle", "MSLE")]
public sealed class MeanSquaredLogarithmicError(string name = "mean_squared_logarithmic_error", DType? dtype = null) : MeanMetricWrapper(new Losses.MeanSquaredLogarithmicError().Call, name, dtype)
{
    /// <inheritdoc/>
    public override bool? GreaterIsBetter => false;
}
