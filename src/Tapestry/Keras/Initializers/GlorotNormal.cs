namespace Tapestry.Keras;

/// <summary>Truncated normal numbers of variance 2 / (inputs + outputs), after Glorot and Bengio (2010). Source: <c>keras.initializers.GlorotNormal</c>.</summary>
/// <param name="seed">Decides the values; null draws a seed once for this instance.</param>
/// <param name="inputAxes">The axes that count as inputs; the last but one by default.</param>
/// <param name="outputAxes">The axes that count as outputs; the last by default.</param>
public sealed class GlorotNormal(int? seed = null, int[]? inputAxes = null, int[]? outputAxes = null)
    : ScaledInitializer(1.0, FanMode.FanAvg, ScalingDistribution.TruncatedNormal, seed, inputAxes, outputAxes);
