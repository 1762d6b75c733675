namespace Tapestry.Keras.Layers;

/// <summary>
/// In training, sets a random share of the elements to 0 and divides the others by (1 - rate); otherwise passes its input on. Source:
/// <c>keras.layers.Dropout</c>.
/// </summary>
public sealed class Dropout : Layer
{
    // None where nothing is dropped, as in Keras: such a layer has no state.
    readonly SeedGenerator? seeds;

    /// <summary>Creates the layer.</summary>
    /// <param name="rate">The share, from 0 to 1.</param>
    /// <param name="noiseShape">The shape of the pattern: 1 where it is the same along an axis of the input, null where it is not.</param>
    /// <param name="seed">Decides the patterns; null draws a seed.</param>
    /// <param name="name">The name.</param>
    /// <exception cref="TapestryException">The rate is no share.</exception>
    public Dropout(double rate, Shape? noiseShape = null, int? seed = null, string? name = null)
        : base(name)
    {
        Rate = rate >= 0 && rate <= 1 ? rate : throw new TapestryException(Name, "the rate is no share", $"{rate}", "0 to 1");
        NoiseShape = noiseShape;
        Seed = seed;
        seeds = rate > 0 ? new SeedGenerator(seed) : null;
    }

    /// <summary>The share of elements that are set to 0.</summary>
    public double Rate { get; }

    /// <summary>The shape of the pattern, or null for that of the input.</summary>
    public Shape? NoiseShape { get; }

    /// <summary>The seed that was given, or null.</summary>
    public int? Seed { get; }

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) =>
        context.Training && seeds is not null ? Ops.StatelessDropout(x, Rate, seeds.Next(), NoiseShape) : x;
}
