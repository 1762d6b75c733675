namespace Tapestry.Keras.Activations;

/// <summary>x cut off below -1 and above 1. Source: <c>keras.activations.hard_tanh</c>.</summary>
public sealed class HardTanh : ActivationFunction
{
    /// <inheritdoc/>
    public override Tensor Apply(Tensor x) => Ops.HardTanh(x);
}
