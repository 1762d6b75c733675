namespace Tapestry.Keras.Activations;

/// <summary>x moved towards 0 by threshold, and 0 within ±threshold. Source: <c>keras.activations.soft_shrink</c>.</summary>
/// <param name="threshold">The border.</param>
public sealed class SoftShrink(double threshold = 0.5) : ActivationFunction
{
    /// <summary>The border.</summary>
    public double Threshold { get; } = threshold;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor x) => Ops.SoftShrink(x, Threshold);
}
