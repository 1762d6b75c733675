namespace Tapestry.Keras;

/// <summary>initial / (1 + decayRate · step / decaySteps). Source: <c>keras.optimizers.schedules.InverseTimeDecay</c>.</summary>
/// <param name="initialLearningRate">The rate at step 0.</param>
/// <param name="decaySteps">The steps that count as one; above 0.</param>
/// <param name="decayRate">The growth of the divisor.</param>
/// <param name="staircase">Whether step / decaySteps is rounded down, so that the rate falls in steps.</param>
/// <param name="name">A name.</param>
public sealed class InverseTimeDecay(double initialLearningRate, double decaySteps, double decayRate, bool staircase = false, string name = "InverseTimeDecay") : LearningRateSchedule
{
    /// <summary>The rate at step 0.</summary>
    public double InitialLearningRate { get; } = initialLearningRate;

    /// <summary>The steps that count as one.</summary>
    public double DecaySteps { get; } = decaySteps > 0 ? decaySteps : throw new TapestryException(nameof(InverseTimeDecay), "decaySteps must be positive", $"{decaySteps}", "a number above 0");

    /// <summary>The growth of the divisor.</summary>
    public double DecayRate { get; } = decayRate;

    /// <summary>Whether the rate falls in steps.</summary>
    public bool Staircase { get; } = staircase;

    /// <summary>A name.</summary>
    public string Name { get; } = name;

    /// <inheritdoc/>
    protected internal override double Rate(double step) => InitialLearningRate / (1 + DecayRate * (Staircase ? Math.Floor(step / DecaySteps) : step / DecaySteps));
}
