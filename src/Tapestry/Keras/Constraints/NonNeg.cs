namespace Tapestry.Keras;

/// <summary>Sets negative values to zero. Source: <c>keras.constraints.NonNeg</c>.</summary>
public sealed class NonNeg : Constraint
{
    /// <inheritdoc/>
    public override Tensor Apply(Tensor w) => Ops.Maximum(w, 0.0);
}
