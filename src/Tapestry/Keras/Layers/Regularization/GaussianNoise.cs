namespace Tapestry.Keras.Layers;

/// <summary>
/// In training, adds normally distributed noise with mean 0 to each element; otherwise passes its input on. Source:
/// <c>keras.layers.GaussianNoise</c>.
/// </summary>
public sealed class GaussianNoise : Layer
{
    // None where there is no noise, as in Keras: such a layer has no state.
    readonly SeedGenerator? seeds;

    /// <summary>Creates the layer.</summary>
    /// <param name="stddev">The standard deviation of the noise, from 0 to 1.</param>
    /// <param name="seed">Decides the noise; null draws a seed.</param>
    /// <param name="name">The name.</param>
    /// <exception cref="TapestryException">The standard deviation is not between 0 and 1.</exception>
    public GaussianNoise(double stddev, int? seed = null, string? name = null)
        : base(name)
    {
        Stddev = stddev >= 0 && stddev <= 1 ? stddev : throw new TapestryException(Name, "the standard deviation is out of range", $"{stddev}", "0 to 1", "Bring the inputs to a standard deviation of about 1 first.");
        Seed = seed;
        seeds = stddev > 0 ? new SeedGenerator(seed) : null;
    }

    /// <summary>The standard deviation of the noise.</summary>
    public double Stddev { get; }

    /// <summary>The seed that was given, or null.</summary>
    public int? Seed { get; }

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) =>
        context.Training && seeds is not null ? x + Ops.StatelessNormalLike(x, seeds.Next(), stddev: Stddev) : x;
}
