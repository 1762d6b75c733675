namespace Tapestry.Keras.Activations;

/// <summary>
/// x where it is above threshold, at most maxValue; below, negativeSlope · (x - threshold). Source: <c>keras.activations.relu</c>.
/// </summary>
/// <param name="negativeSlope">The slope below the threshold.</param>
/// <param name="maxValue">The largest output, or null.</param>
/// <param name="threshold">Where the output begins.</param>
public sealed class Relu(double negativeSlope = 0, double? maxValue = null, double threshold = 0) : ActivationFunction
{
    /// <summary>The slope below the threshold.</summary>
    public double NegativeSlope { get; } = negativeSlope;

    /// <summary>The largest output, or null.</summary>
    public double? MaxValue { get; } = maxValue;

    /// <summary>Where the output begins.</summary>
    public double Threshold { get; } = threshold;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor x)
    {
        if (NegativeSlope != 0 && MaxValue is null && Threshold == 0) return Ops.LeakyRelu(x, NegativeSlope);
        var y = Threshold == 0 && MaxValue == 6 ? Ops.Relu6(x) : Ops.Threshold(x, Threshold, 0);
        if (MaxValue is { } largest && !(Threshold == 0 && largest == 6)) y = Ops.Minimum(Ops.Maximum(y, 0.0), largest);
        return NegativeSlope == 0 ? y : y - NegativeSlope * Ops.Threshold(Threshold - x, 0, 0);
    }
}
