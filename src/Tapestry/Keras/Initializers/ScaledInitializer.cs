namespace Tapestry.Keras;

/// <summary>
/// Random numbers whose spread follows from the number of inputs or outputs of a weight, so that signals keep their size from layer to layer:
/// the family of <see cref="VarianceScaling"/>, Glorot, He and Lecun.
/// </summary>
/// <remarks>
/// With n the chosen fan, the variance is scale / n. The fans of a shape are its last two dimensions, each times all dimensions before them;
/// a vector has its length as both, a scalar 1. <c>inputAxes</c> and <c>outputAxes</c> name other axes.
/// </remarks>
public abstract class ScaledInitializer : RandomInitializer
{
    // The standard deviation of a standard normal distribution truncated at two.
    const double TruncatedDeviation = 0.87962566103423978;

    readonly double scale;
    readonly FanMode mode;
    readonly ScalingDistribution distribution;

    private protected ScaledInitializer(double scale, FanMode mode, ScalingDistribution distribution, int? seed, int[]? inputAxes, int[]? outputAxes)
        : base(seed)
    {
        if (!(scale > 0)) throw new TapestryException($"{Configuration.ObjectNames.Of(GetType())}.Scale", "outside its range", $"{scale}", "a number above 0", "1 keeps the variance of the inputs, 2 suits relu.");
        this.scale = scale;
        this.mode = mode;
        this.distribution = distribution;
        InputAxes = inputAxes;
        OutputAxes = outputAxes;
    }

    /// <summary>The axes whose sizes multiply to the number of inputs; null takes the last but one.</summary>
    public IReadOnlyList<int>? InputAxes { get; }

    /// <summary>The axes whose sizes multiply to the number of outputs; null takes the last.</summary>
    public IReadOnlyList<int>? OutputAxes { get; }

    /// <inheritdoc/>
    public sealed override Tensor Apply(Shape shape, DType? dtype = null)
    {
        var (inputs, outputs) = Fans(shape);
        var fan = mode switch { FanMode.FanIn => inputs, FanMode.FanOut => outputs, _ => (inputs + outputs) / 2 };
        var variance = scale / Math.Max(1, fan);
        return distribution switch
        {
            ScalingDistribution.TruncatedNormal => TruncatedNormal(shape, dtype, 0, Math.Sqrt(variance) / TruncatedDeviation),
            ScalingDistribution.UntruncatedNormal => Normal(shape, dtype, 0, Math.Sqrt(variance)),
            _ => Uniform(shape, dtype, -Math.Sqrt(3 * variance), Math.Sqrt(3 * variance)),
        };
    }

    (double Inputs, double Outputs) Fans(Shape shape)
    {
        if (!shape.IsFullyKnown) throw Refuse("a dimension is unknown", shape, null, "known dimensions");
        if (shape.Rank == 0) return (1, 1);
        if (shape.Rank == 1) return (shape[0], shape[0]);
        int[] ins = InputAxes is null ? [shape.Rank - 2] : [.. InputAxes.Select(axis => axis < 0 ? axis + shape.Rank : axis)];
        int[] outs = OutputAxes is null ? [shape.Rank - 1] : [.. OutputAxes.Select(axis => axis < 0 ? axis + shape.Rank : axis)];
        double inputs = 1, outputs = 1, field = 1;
        for (var axis = 0; axis < shape.Rank; axis++)
        {
            if (ins.Contains(axis)) inputs *= shape[axis];
            if (outs.Contains(axis)) outputs *= shape[axis];
            if (!ins.Contains(axis) && !outs.Contains(axis)) field *= shape[axis];
        }

        return (inputs * field, outputs * field);
    }
}

/// <summary>What the variance of a <see cref="VarianceScaling"/> is divided by.</summary>
public enum FanMode
{
    /// <summary>The number of inputs.</summary>
    FanIn,

    /// <summary>The number of outputs.</summary>
    FanOut,

    /// <summary>The mean of both.</summary>
    FanAvg,
}

/// <summary>The distribution of a <see cref="VarianceScaling"/>.</summary>
public enum ScalingDistribution
{
    /// <summary>Normal, cut at two standard deviations, widened so that the variance is right.</summary>
    TruncatedNormal,

    /// <summary>Normal.</summary>
    UntruncatedNormal,

    /// <summary>Uniform over ±√(3 · variance).</summary>
    Uniform,
}
