namespace Tapestry.Keras;

/// <summary>Uniform numbers over ±√(3 / inputs), after LeCun et al. (1998). Source: <c>keras.initializers.LecunUniform</c>.</summary>
/// <param name="seed">Decides the values; null draws a seed once for this instance.</param>
/// <param name="inputAxes">The axes that count as inputs; the last but one by default.</param>
/// <param name="outputAxes">The axes that count as outputs; the last by default.</param>
public sealed class LecunUniform(int? seed = null, int[]? inputAxes = null, int[]? outputAxes = null)
    : ScaledInitializer(1.0, FanMode.FanIn, ScalingDistribution.Uniform, seed, inputAxes, outputAxes);
