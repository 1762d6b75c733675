namespace Tapestry.Keras;

/// <summary>Truncated normal numbers of variance 2 / inputs, after He et al. (2015): for layers with ReLU. Source: <c>keras.initializers.HeNormal</c>.</summary>
/// <param name="seed">Decides the values; null draws a seed once for this instance.</param>
/// <param name="inputAxes">The axes that count as inputs; the last but one by default.</param>
/// <param name="outputAxes">The axes that count as outputs; the last by default.</param>
public sealed class HeNormal(int? seed = null, int[]? inputAxes = null, int[]? outputAxes = null)
    : ScaledInitializer(2.0, FanMode.FanIn, ScalingDistribution.TruncatedNormal, seed, inputAxes, outputAxes);
