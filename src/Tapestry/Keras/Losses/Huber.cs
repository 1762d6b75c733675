namespace Tapestry.Keras.Losses;

/// <summary>The mean over the last axis of e²/2 where |e| ≤ delta, and delta·|e| − delta²/2 beyond, with e = target − prediction. Source: <c>keras.losses.Huber</c>.</summary>
/// <param name="delta">Where the square becomes a straight line.</param>
/// <param name="reduction">How the values of the samples become one.</param>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the computation; <see cref="DType.DefaultFloat"/> by default.</param>
public sealed class Huber(double delta = 1.0, Reduction reduction = Reduction.SumOverBatchSize, string name = "huber_loss", DType? dtype = null) : Loss(name, reduction, dtype)
{
    /// <summary>Where the square becomes a straight line.</summary>
    public double Delta { get; } = delta;

    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        RankAlignment.Align(ref yTrue, ref yPred);
        var error = Ops.Abs(yTrue - yPred);
        return Ops.Mean(Ops.Where(Ops.LessEqual(error, Delta), 0.5 * Ops.Square(error), Delta * error - 0.5 * Delta * Delta), -1);
    }
}
