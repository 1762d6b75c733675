namespace Tapestry.Keras;

/// <summary>
/// Normally distributed numbers, those beyond two standard deviations from the mean drawn anew. Source: <c>keras.initializers.TruncatedNormal</c>.
/// </summary>
/// <param name="mean">The mean.</param>
/// <param name="stddev">The standard deviation before truncation.</param>
/// <param name="seed">Decides the values; null draws a seed once for this instance.</param>
public sealed class TruncatedNormal(double mean = 0.0, double stddev = 0.05, int? seed = null) : RandomInitializer(seed)
{
    /// <summary>The mean.</summary>
    public double Mean { get; } = mean;

    /// <summary>The standard deviation before truncation.</summary>
    public double Stddev { get; } = stddev;

    /// <inheritdoc/>
    public override Tensor Apply(Shape shape, DType? dtype = null) => TruncatedNormal(shape, dtype, Mean, Stddev);
}
