namespace Tapestry.Keras;

/// <summary>Truncated normal numbers of variance 1 / inputs, after LeCun et al. (1998): for layers with SELU. Source: <c>keras.initializers.LecunNormal</c>.</summary>
/// <param name="seed">Decides the values; null draws a seed once for this instance.</param>
/// <param name="inputAxes">The axes that count as inputs; the last but one by default.</param>
/// <param name="outputAxes">The axes that count as outputs; the last by default.</param>
public sealed class LecunNormal(int? seed = null, int[]? inputAxes = null, int[]? outputAxes = null)
    : ScaledInitializer(1.0, FanMode.FanIn, ScalingDistribution.TruncatedNormal, seed, inputAxes, outputAxes);
