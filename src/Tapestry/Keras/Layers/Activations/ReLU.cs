using Tapestry.Keras.Activations;

namespace Tapestry.Keras.Layers;

/// <summary>
/// x where it is above threshold, at most maxValue; below, negativeSlope · (x - threshold). Source: <c>keras.layers.ReLU</c>.
/// </summary>
public sealed class ReLU : Layer
{
    readonly Relu function;

    /// <summary>Creates the layer.</summary>
    /// <param name="maxValue">The largest output, or null.</param>
    /// <param name="negativeSlope">The slope below the threshold.</param>
    /// <param name="threshold">Where the output begins.</param>
    /// <param name="name">The name.</param>
    /// <exception cref="TapestryException">An argument is negative.</exception>
    public ReLU(double? maxValue = null, double negativeSlope = 0, double threshold = 0, string? name = null)
        : base(name)
    {
        if (!(maxValue is null or >= 0)) throw new TapestryException(Name, "maxValue is negative", $"{maxValue}", "0 or more, or null");
        if (!(negativeSlope >= 0)) throw new TapestryException(Name, "negativeSlope is negative", $"{negativeSlope}", "0 or more");
        if (!(threshold >= 0)) throw new TapestryException(Name, "threshold is negative", $"{threshold}", "0 or more");
        function = new Relu(negativeSlope, maxValue, threshold);
    }

    /// <summary>The largest output, or null.</summary>
    public double? MaxValue => function.MaxValue;

    /// <summary>The slope below the threshold.</summary>
    public double NegativeSlope => function.NegativeSlope;

    /// <summary>Where the output begins.</summary>
    public double Threshold => function.Threshold;

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => function.Apply(x);
}
