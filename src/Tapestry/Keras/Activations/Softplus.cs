namespace Tapestry.Keras.Activations;

/// <summary>log(1 + eˣ). Source: <c>keras.activations.softplus</c>.</summary>
public sealed class Softplus : ActivationFunction
{
    /// <inheritdoc/>
    public override Tensor Apply(Tensor x) => Ops.Softplus(x);
}
