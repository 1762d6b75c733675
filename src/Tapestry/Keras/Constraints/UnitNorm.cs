namespace Tapestry.Keras;

/// <summary>Brings vectors to length 1. Source: <c>keras.constraints.UnitNorm</c>.</summary>
/// <param name="axis">The axes along which the vectors lie; 0 by default, the inputs of a dense kernel.</param>
public sealed class UnitNorm(Axes? axis = null) : Constraint
{
    /// <summary>The axes along which the vectors lie.</summary>
    public Axes Axis { get; } = axis ?? 0;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor w) => w / (Norms(w, Axis) + 1e-7);
}
