namespace Tapestry.Keras.Activations;

/// <summary>x, but 0 where it is within ±threshold. Source: <c>keras.activations.hard_shrink</c>.</summary>
/// <param name="threshold">The border.</param>
public sealed class HardShrink(double threshold = 0.5) : ActivationFunction
{
    /// <summary>The border.</summary>
    public double Threshold { get; } = threshold;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor x) => Ops.HardShrink(x, Threshold);
}
