namespace Tapestry.Keras.Activations;

/// <summary>eˣ. Source: <c>keras.activations.exponential</c>.</summary>
public sealed class Exponential : ActivationFunction
{
    /// <inheritdoc/>
    public override Tensor Apply(Tensor x) => Ops.Exp(x);
}
