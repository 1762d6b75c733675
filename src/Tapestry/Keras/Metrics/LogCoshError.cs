namespace Tapestry.Keras.Metrics;

/// <summary>The mean of log(cosh(prediction − target)). Source: <c>keras.metrics.LogCoshError</c>.</summary>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the state and the result; <see cref="DType.DefaultFloat"/> by default.</param>
public sealed class LogCoshError(string name = "logcosh", DType? dtype = null) : MeanMetricWrapper(new Losses.LogCosh().Call, name, dtype)
{
    /// <inheritdoc/>
    public override bool? GreaterIsBetter => false;
}
