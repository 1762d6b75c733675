namespace Tapestry.Keras.Losses;

/// <summary>max(negative − positive + 1, 0), where positive is the prediction of the right class and negative the greatest of the others. Source: <c>keras.losses.CategoricalHinge</c>.</summary>
/// <param name="reduction">How the values of the samples become one.</param>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the computation; <see cref="DType.DefaultFloat"/> by default.</param>
public sealed class CategoricalHinge(Reduction reduction = Reduction.SumOverBatchSize, string name = "categorical_hinge", DType? dtype = null) : Loss(name, reduction, dtype)
{
    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        RankAlignment.Align(ref yTrue, ref yPred);
        var positive = Ops.Sum(yTrue * yPred, -1);
        var negative = Ops.Max((1.0 - yTrue) * yPred, -1);
        return Ops.Maximum(negative - positive + 1.0, 0.0);
    }
}
