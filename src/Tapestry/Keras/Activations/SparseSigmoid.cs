namespace Tapestry.Keras.Activations;

/// <summary>0 up to -1, (x + 1) / 2 up to 1, then 1. Source: <c>keras.activations.sparse_sigmoid</c>.</summary>
public sealed class SparseSigmoid : ActivationFunction
{
    /// <inheritdoc/>
    public override Tensor Apply(Tensor x) => Ops.SparseSigmoid(x);
}
