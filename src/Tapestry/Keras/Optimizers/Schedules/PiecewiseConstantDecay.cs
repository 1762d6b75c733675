namespace Tapestry.Keras;

/// <summary>
/// One rate up to and including the first boundary, the next up to the second, and so on. Source:
/// <c>keras.optimizers.schedules.PiecewiseConstantDecay</c>.
/// </summary>
/// <param name="boundaries">The last steps of all rates but the last, rising.</param>
/// <param name="values">The rates: one more than boundaries.</param>
/// <param name="name">A name.</param>
/// <exception cref="TapestryException">The numbers of boundaries and values do not fit.</exception>
public sealed class PiecewiseConstantDecay(double[] boundaries, double[] values, string name = "PiecewiseConstant") : LearningRateSchedule
{
    readonly double[] boundaries = [.. boundaries];
    readonly double[] values = values.Length == boundaries.Length + 1
        ? [.. values]
        : throw new TapestryException(nameof(PiecewiseConstantDecay), "not one value more than boundaries", $"{boundaries.Length} boundaries and {values.Length} values", $"{boundaries.Length + 1} values");

    /// <summary>The last steps of all rates but the last.</summary>
    public IReadOnlyList<double> Boundaries => boundaries;

    /// <summary>The rates.</summary>
    public IReadOnlyList<double> Values => values;

    /// <summary>A name.</summary>
    public string Name { get; } = name;

    /// <inheritdoc/>
    protected internal override double Rate(double step)
    {
        var i = 0;
        while (i < boundaries.Length && step > boundaries[i]) i++;
        return values[i];
    }
}
