namespace Tapestry.Keras;

/// <summary>l2 · Σx². Source: <c>keras.regularizers.L2</c>.</summary>
/// <param name="l2">The factor.</param>
public sealed class L2(double l2 = 0.01) : Regularizer
{
    /// <summary>The factor.</summary>
    public double Amount { get; } = Finite(l2, "l2");

    /// <inheritdoc/>
    public override Tensor Apply(Tensor x) => Amount * Ops.Sum(Ops.Square(x));

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object?> GetConfig() => new Dictionary<string, object?> { ["l2"] = Amount };
}
