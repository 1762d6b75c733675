namespace Tapestry.Keras.Activations;

/// <summary>The hyperbolic tangent. Source: <c>keras.activations.tanh</c>.</summary>
public sealed class Tanh : ActivationFunction
{
    /// <inheritdoc/>
    public override Tensor Apply(Tensor x) => Ops.Tanh(x);
}
