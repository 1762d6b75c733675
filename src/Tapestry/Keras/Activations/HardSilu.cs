namespace Tapestry.Keras.Activations;

/// <summary>x · hardSigmoid(x). Source: <c>keras.activations.hard_silu</c>.</summary>
[KerasName("HardSilu", "hard_swish")]
public sealed class HardSilu : ActivationFunction
{
    /// <inheritdoc/>
    public override Tensor Apply(Tensor x) => Ops.HardSilu(x);
}
