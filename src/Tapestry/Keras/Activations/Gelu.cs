namespace Tapestry.Keras.Activations;

/// <summary>x · Φ(x), where Φ is the distribution function of the normal distribution. Source: <c>keras.activations.gelu</c>.</summary>
/// <param name="approximate">Whether Φ is approximated with tanh.</param>
public sealed class Gelu(bool approximate = false) : ActivationFunction
{
    /// <summary>Whether Φ is approximated with tanh.</summary>
    public bool Approximate { get; } = approximate;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor x) => Ops.Gelu(x, Approximate);
}
