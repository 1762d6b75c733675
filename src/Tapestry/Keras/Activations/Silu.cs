namespace Tapestry.Keras.Activations;

/// <summary>x · sigmoid(x). Source: <c>keras.activations.silu</c>.</summary>
[KerasName("Silu", "swish")]
public sealed class Silu : ActivationFunction
{
    /// <inheritdoc/>
    public override Tensor Apply(Tensor x) => Ops.Silu(x);
}
