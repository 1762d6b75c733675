namespace Tapestry.Keras.Activations;

/// <summary>log(1 / (1 + e⁻ˣ)). Source: <c>keras.activations.log_sigmoid</c>.</summary>
public sealed class LogSigmoid : ActivationFunction
{
    /// <inheritdoc/>
    public override Tensor Apply(Tensor x) => Ops.LogSigmoid(x);
}
