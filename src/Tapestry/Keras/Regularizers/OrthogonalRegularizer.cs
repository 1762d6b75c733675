namespace Tapestry.Keras;

/// <summary>
/// Rewards rows (or columns) that are orthogonal: factor · ½ Σ|a·b| / (number of pairs), over all pairs of different rows, each of length 1. Source:
/// <c>keras.regularizers.OrthogonalRegularizer</c>.
/// </summary>
/// <param name="factor">The factor.</param>
/// <param name="mode">Rows or columns.</param>
public sealed class OrthogonalRegularizer(double factor = 0.01, OrthogonalMode mode = OrthogonalMode.Rows) : Regularizer
{
    /// <summary>The factor.</summary>
    public double Factor { get; } = Finite(factor, "factor");

    /// <summary>Rows or columns.</summary>
    public OrthogonalMode Mode { get; } = mode;

    /// <inheritdoc/>
    /// <exception cref="TapestryException">The values are no matrix.</exception>
    public override Tensor Apply(Tensor x)
    {
        if (x.Rank != 2) throw new TapestryException("OrthogonalRegularizer", "not a matrix", x.Spec.ToString(), "a tensor of rank 2", "Reshape the weight, or leave the regularizer out.");
        var byRows = Mode == OrthogonalMode.Rows;
        var length = Ops.Sqrt(Ops.Sum(Ops.Square(x), axis: byRows ? 1 : 0, keepdims: true));
        var unit = x / Ops.Maximum(length, 1e-12);
        var other = Ops.Transpose(unit);
        var products = byRows ? Ops.MatMul(unit, other) : Ops.MatMul(other, unit);
        var size = byRows ? x.Shape[0] : x.Shape[1];
        var different = 1.0 - Ops.Eye(size, dtype: x.DType);
        var pairs = size * (size - 1.0) / 2.0;
        return Factor * 0.5 * Ops.Sum(Ops.Abs(products * different)) / pairs;
    }
}

/// <summary>What an <see cref="OrthogonalRegularizer"/> makes orthogonal.</summary>
public enum OrthogonalMode
{
    /// <summary>The rows.</summary>
    Rows,

    /// <summary>The columns.</summary>
    Columns,
}
