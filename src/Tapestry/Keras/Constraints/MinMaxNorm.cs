namespace Tapestry.Keras;

/// <summary>Brings the lengths of vectors between two limits, as fast as a rate says. Source: <c>keras.constraints.MinMaxNorm</c>.</summary>
/// <param name="minValue">The least length.</param>
/// <param name="maxValue">The greatest length.</param>
/// <param name="rate">The share of the way that is gone at each step; 1 goes all of it.</param>
/// <param name="axis">The axes along which the vectors lie; 0 by default, the inputs of a dense kernel.</param>
public sealed class MinMaxNorm(double minValue = 0.0, double maxValue = 1.0, double rate = 1.0, Axes? axis = null) : Constraint
{
    /// <summary>The least length.</summary>
    public double MinValue { get; } = minValue;

    /// <summary>The greatest length.</summary>
    public double MaxValue { get; } = maxValue;

    /// <summary>The share of the way that is gone at each step.</summary>
    public double Rate { get; } = rate;

    /// <summary>The axes along which the vectors lie.</summary>
    public Axes Axis { get; } = axis ?? 0;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor w)
    {
        var norms = Norms(w, Axis);
        var desired = Rate * Ops.Minimum(Ops.Maximum(norms, MinValue), MaxValue) + (1 - Rate) * norms;
        return w * (desired / (norms + 1e-7));
    }
}
