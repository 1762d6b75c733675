namespace Tapestry.Keras.Layers;

/// <summary>x where it is positive, else negativeSlope · x. Source: <c>keras.layers.LeakyReLU</c>.</summary>
public sealed class LeakyReLU : Layer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="negativeSlope">The slope below zero; 0.3 by default (the function <c>Ops.LeakyRelu</c> has 0.2).</param>
    /// <param name="name">The name.</param>
    public LeakyReLU(double negativeSlope = 0.3, string? name = null)
        : base(name)
    {
        NegativeSlope = negativeSlope;
    }

    /// <summary>The slope below zero.</summary>
    public double NegativeSlope { get; }

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Ops.LeakyRelu(x, NegativeSlope);
}
