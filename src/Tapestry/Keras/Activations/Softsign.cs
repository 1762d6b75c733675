namespace Tapestry.Keras.Activations;

/// <summary>x / (1 + |x|). Source: <c>keras.activations.softsign</c>.</summary>
public sealed class Softsign : ActivationFunction
{
    /// <inheritdoc/>
    public override Tensor Apply(Tensor x) => Ops.Softsign(x);
}
