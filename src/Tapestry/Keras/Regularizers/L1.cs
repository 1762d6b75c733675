namespace Tapestry.Keras;

/// <summary>l1 · Σ|x|. Source: <c>keras.regularizers.L1</c>.</summary>
/// <param name="l1">The factor.</param>
public sealed class L1(double l1 = 0.01) : Regularizer
{
    /// <summary>The factor.</summary>
    public double Amount { get; } = Finite(l1, "l1");

    /// <inheritdoc/>
    public override Tensor Apply(Tensor x) => Amount * Ops.Sum(Ops.Abs(x));

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object?> GetConfig() => new Dictionary<string, object?> { ["l1"] = Amount };
}
