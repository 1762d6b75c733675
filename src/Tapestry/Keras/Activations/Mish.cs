namespace Tapestry.Keras.Activations;

/// <summary>x · tanh(softplus(x)). Source: <c>keras.activations.mish</c>.</summary>
public sealed class Mish : ActivationFunction
{
    /// <inheritdoc/>
    public override Tensor Apply(Tensor x) => x * Ops.Tanh(Ops.Softplus(x));
}
