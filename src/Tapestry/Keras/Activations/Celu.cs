namespace Tapestry.Keras.Activations;

/// <summary>x where it is positive, else alpha · (e^(x/alpha) - 1). Source: <c>keras.activations.celu</c>.</summary>
/// <param name="alpha">The limit below zero, negated.</param>
public sealed class Celu(double alpha = 1.0) : ActivationFunction
{
    /// <summary>The limit below zero, negated.</summary>
    public double Alpha { get; } = alpha;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor x) => Ops.Celu(x, Alpha);
}
