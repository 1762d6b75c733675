namespace Tapestry.Keras;

/// <summary>Numbers spread evenly over [minval, maxval). Source: <c>keras.initializers.RandomUniform</c>.</summary>
/// <param name="minval">The least value.</param>
/// <param name="maxval">The bound above.</param>
/// <param name="seed">Decides the values; null draws a seed once for this instance.</param>
[KerasName("RandomUniform", "uniform")]
public sealed class RandomUniform(double minval = -0.05, double maxval = 0.05, int? seed = null) : RandomInitializer(seed)
{
    /// <summary>The least value.</summary>
    public double Minval { get; } = minval;

    /// <summary>The bound above.</summary>
    public double Maxval { get; } = maxval;

    /// <inheritdoc/>
    public override Tensor Apply(Shape shape, DType? dtype = null) => Uniform(shape, dtype, Minval, Maxval);
}
