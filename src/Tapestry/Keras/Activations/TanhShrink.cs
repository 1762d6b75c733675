namespace Tapestry.Keras.Activations;

/// <summary>x - tanh(x). Source: <c>keras.activations.tanh_shrink</c>.</summary>
public sealed class TanhShrink : ActivationFunction
{
    /// <inheritdoc/>
    public override Tensor Apply(Tensor x) => Ops.TanhShrink(x);
}
