namespace Tapestry.Keras.Activations;

/// <summary>(x + 3) / 6 cut off below 0 and above 1. Source: <c>keras.activations.hard_sigmoid</c>.</summary>
public sealed class HardSigmoid : ActivationFunction
{
    /// <inheritdoc/>
    public override Tensor Apply(Tensor x) => Ops.HardSigmoid(x);
}
