namespace Tapestry.Keras.Losses;

/// <summary>The mean of log(cosh(prediction − target)) over the last axis. Source: <c>keras.losses.LogCosh</c>.</summary>
/// <param name="reduction">How the values of the samples become one.</param>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the computation; <see cref="DType.DefaultFloat"/> by default.</param>
public sealed class LogCosh(Reduction reduction = Reduction.SumOverBatchSize, string name = "log_cosh", DType? dtype = null) : Loss(name, reduction, dtype)
{
    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        RankAlignment.Align(ref yTrue, ref yPred);
        // Keras takes the logarithm of two in float32, whatever the dtype.
        var error = yPred - yTrue;
        return Ops.Mean(error + Ops.Softplus(-2.0 * error) - (float)Math.Log(2), -1);
    }
}
