namespace Tapestry.Keras.Activations;

/// <summary>x cut off below 0 and above 6. Source: <c>keras.activations.relu6</c>.</summary>
public sealed class Relu6 : ActivationFunction
{
    /// <inheritdoc/>
    public override Tensor Apply(Tensor x) => Ops.Relu6(x);
}
