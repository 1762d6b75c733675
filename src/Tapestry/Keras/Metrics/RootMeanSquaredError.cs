using Tapestry.Keras.Losses;

namespace Tapestry.Keras.Metrics;

/// <summary>The root of the mean of (target − prediction)². Source: <c>keras.metrics.RootMeanSquaredError</c>.</summary>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the state and the result; <see cref="DType.DefaultFloat"/> by default.</param>
public sealed class RootMeanSquaredError(string name = "root_mean_squared_error", DType? dtype = null) : Mean(name, dtype)
{
    /// <inheritdoc/>
    public override bool? GreaterIsBetter => false;

    /// <inheritdoc/>
    public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight)
    {
        var (expected, predicted) = (Ops.Cast(yTrue, DType), Ops.Cast(yPred, DType));
        RankAlignment.Align(ref expected, ref predicted);
        UpdateState(Ops.Square(predicted - expected), sampleWeight);
    }

    /// <inheritdoc/>
    public override Tensor Result() => Ops.Sqrt(base.Result());
}
