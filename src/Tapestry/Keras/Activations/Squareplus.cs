namespace Tapestry.Keras.Activations;

/// <summary>(x + √(x² + b)) / 2. Source: <c>keras.activations.squareplus</c>.</summary>
/// <param name="b">How round the corner is.</param>
public sealed class Squareplus(double b = 4) : ActivationFunction
{
    /// <summary>How round the corner is.</summary>
    public double B { get; } = b;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor x) => Ops.Squareplus(x, B);
}
