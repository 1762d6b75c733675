namespace Tapestry.Keras.Activations;

/// <summary>The self-normalizing form of elu, with fixed constants. Source: <c>keras.activations.selu</c>.</summary>
public sealed class Selu : ActivationFunction
{
    /// <inheritdoc/>
    public override Tensor Apply(Tensor x) => Ops.Selu(x);
}
