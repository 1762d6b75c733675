namespace Tapestry.Keras;

/// <summary>Normally distributed numbers. Source: <c>keras.initializers.RandomNormal</c>.</summary>
/// <param name="mean">The mean.</param>
/// <param name="stddev">The standard deviation.</param>
/// <param name="seed">Decides the values; null draws a seed once for this instance.</param>
[KerasName("RandomNormal", "normal")]
public sealed class RandomNormal(double mean = 0.0, double stddev = 0.05, int? seed = null) : RandomInitializer(seed)
{
    /// <summary>The mean.</summary>
    public double Mean { get; } = mean;

    /// <summary>The standard deviation.</summary>
    public double Stddev { get; } = stddev;

    /// <inheritdoc/>
    public override Tensor Apply(Shape shape, DType? dtype = null) => Normal(shape, dtype, Mean, Stddev);
}
