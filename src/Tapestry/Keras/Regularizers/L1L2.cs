namespace Tapestry.Keras;

/// <summary>l1 · Σ|x| + l2 · Σx². Source: <c>keras.regularizers.L1L2</c>.</summary>
/// <param name="l1">The factor of the magnitudes.</param>
/// <param name="l2">The factor of the squares.</param>
public sealed class L1L2(double l1 = 0.0, double l2 = 0.0) : Regularizer
{
    /// <summary>The factor of the magnitudes.</summary>
    public double L1 { get; } = Finite(l1, "l1");

    /// <summary>The factor of the squares.</summary>
    public double L2 { get; } = Finite(l2, "l2");

    /// <inheritdoc/>
    public override Tensor Apply(Tensor x)
    {
        var penalty = Ops.Constant(0.0, x.DType);
        if (L1 != 0) penalty += L1 * Ops.Sum(Ops.Abs(x));
        if (L2 != 0) penalty += L2 * Ops.Sum(Ops.Square(x));
        return penalty;
    }
}
