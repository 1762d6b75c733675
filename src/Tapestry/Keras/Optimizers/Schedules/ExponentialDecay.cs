namespace Tapestry.Keras;

/// <summary>initial · decayRate^(step / decaySteps). Source: <c>keras.optimizers.schedules.ExponentialDecay</c>.</summary>
/// <param name="initialLearningRate">The rate at step 0.</param>
/// <param name="decaySteps">After so many steps the rate is multiplied by <paramref name="decayRate"/>; above 0.</param>
/// <param name="decayRate">The factor.</param>
/// <param name="staircase">Whether the exponent is rounded down, so that the rate falls in steps.</param>
/// <param name="name">A name.</param>
public sealed class ExponentialDecay(double initialLearningRate, double decaySteps, double decayRate, bool staircase = false, string name = "ExponentialDecay") : LearningRateSchedule
{
    /// <summary>The rate at step 0.</summary>
    public double InitialLearningRate { get; } = initialLearningRate;

    /// <summary>After so many steps the rate is multiplied by <see cref="DecayRate"/>.</summary>
    public double DecaySteps { get; } = decaySteps > 0 ? decaySteps : throw new TapestryException(nameof(ExponentialDecay), "decaySteps must be positive", $"{decaySteps}", "a number above 0");

    /// <summary>The factor.</summary>
    public double DecayRate { get; } = decayRate;

    /// <summary>Whether the rate falls in steps.</summary>
    public bool Staircase { get; } = staircase;

    /// <summary>A name.</summary>
    public string Name { get; } = name;

    /// <inheritdoc/>
    protected internal override double Rate(double step) => InitialLearningRate * Math.Pow(DecayRate, Staircase ? Math.Floor(step / DecaySteps) : step / DecaySteps);
}
