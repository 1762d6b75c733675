namespace Tapestry.Keras.Activations;

/// <summary>x where it is positive, else negativeSlope · x. Source: <c>keras.activations.leaky_relu</c>.</summary>
/// <param name="negativeSlope">The slope below zero.</param>
public sealed class LeakyRelu(double negativeSlope = 0.2) : ActivationFunction
{
    /// <summary>The slope below zero.</summary>
    public double NegativeSlope { get; } = negativeSlope;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor x) => Ops.LeakyRelu(x, NegativeSlope);
}
