namespace Tapestry.Keras;

/// <summary>
/// (initial − end) · (1 − step / decaySteps)^power + end, and then the end. Source: <c>keras.optimizers.schedules.PolynomialDecay</c>.
/// </summary>
/// <param name="initialLearningRate">The rate at step 0.</param>
/// <param name="decaySteps">When the end is reached; above 0.</param>
/// <param name="endLearningRate">The rate at the end.</param>
/// <param name="power">The exponent: 1 is a straight line.</param>
/// <param name="cycle">Whether the rate rises again after the end: decaySteps becomes the next of its multiples.</param>
/// <param name="name">A name.</param>
public sealed class PolynomialDecay(double initialLearningRate, double decaySteps, double endLearningRate = 0.0001, double power = 1.0, bool cycle = false, string name = "PolynomialDecay") : LearningRateSchedule
{
    /// <summary>The rate at step 0.</summary>
    public double InitialLearningRate { get; } = initialLearningRate;

    /// <summary>When the end is reached.</summary>
    public double DecaySteps { get; } = decaySteps > 0 ? decaySteps : throw new TapestryException(nameof(PolynomialDecay), "decaySteps must be positive", $"{decaySteps}", "a number above 0");

    /// <summary>The rate at the end.</summary>
    public double EndLearningRate { get; } = endLearningRate;

    /// <summary>The exponent.</summary>
    public double Power { get; } = power;

    /// <summary>Whether the rate rises again after the end.</summary>
    public bool Cycle { get; } = cycle;

    /// <summary>A name.</summary>
    public string Name { get; } = name;

    /// <inheritdoc/>
    protected internal override double Rate(double step)
    {
        var steps = Cycle ? DecaySteps * Math.Max(1, Math.Ceiling(step / DecaySteps)) : DecaySteps;
        return (InitialLearningRate - EndLearningRate) * Math.Pow(1 - Math.Min(step, steps) / steps, Power) + EndLearningRate;
    }
}
