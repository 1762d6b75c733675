namespace Tapestry.Keras.Activations;

/// <summary>0 up to -1, (x + 1)² / 4 up to 1, then x. Source: <c>keras.activations.sparse_plus</c>.</summary>
public sealed class SparsePlus : ActivationFunction
{
    /// <inheritdoc/>
    public override Tensor Apply(Tensor x) => Ops.SparsePlus(x);
}
