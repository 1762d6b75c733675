namespace Tapestry.Keras;

/// <summary>Shortens vectors that are longer than a limit. Source: <c>keras.constraints.MaxNorm</c>.</summary>
/// <param name="maxValue">The greatest length.</param>
/// <param name="axis">The axes along which the vectors lie; 0 by default, the inputs of a dense kernel.</param>
public sealed class MaxNorm(double maxValue = 2, Axes? axis = null) : Constraint
{
    /// <summary>The greatest length.</summary>
    public double MaxValue { get; } = maxValue;

    /// <summary>The axes along which the vectors lie.</summary>
    public Axes Axis { get; } = axis ?? 0;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor w)
    {
        var norms = Norms(w, Axis);
        return w * (Ops.Minimum(Ops.Maximum(norms, 0.0), MaxValue) / (norms + 1e-7));
    }
}
