namespace Tapestry.Keras;

/// <summary>Random numbers of variance scale / fan. Source: <c>keras.initializers.VarianceScaling</c>.</summary>
/// <param name="scale">The numerator of the variance, above 0.</param>
/// <param name="mode">What the variance is divided by.</param>
/// <param name="distribution">The distribution.</param>
/// <param name="seed">Decides the values; null draws a seed once for this instance.</param>
/// <param name="inputAxes">The axes that count as inputs; the last but one by default.</param>
/// <param name="outputAxes">The axes that count as outputs; the last by default.</param>
/// <exception cref="TapestryException">The scale is not positive.</exception>
public sealed class VarianceScaling(
    double scale = 1.0,
    FanMode mode = FanMode.FanIn,
    ScalingDistribution distribution = ScalingDistribution.TruncatedNormal,
    int? seed = null,
    int[]? inputAxes = null,
    int[]? outputAxes = null) : ScaledInitializer(scale, mode, distribution, seed, inputAxes, outputAxes)
{
    /// <summary>The numerator of the variance.</summary>
    public double Scale { get; } = scale;

    /// <summary>What the variance is divided by.</summary>
    public FanMode Mode { get; } = mode;

    /// <summary>The distribution.</summary>
    public ScalingDistribution Distribution { get; } = distribution;
}
