namespace Tapestry.Keras.Activations;

/// <summary>The tensor as it is. Source: <c>keras.activations.linear</c>.</summary>
public sealed class Linear : ActivationFunction
{
    /// <inheritdoc/>
    public override Tensor Apply(Tensor x) => x;
}
