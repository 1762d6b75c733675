namespace Tapestry.Keras;

/// <summary>
/// Half a cosine from the initial rate down to alpha times it, after an optional linear warm-up. Source:
/// <c>keras.optimizers.schedules.CosineDecay</c>, after Loshchilov and Hutter (2016).
/// </summary>
/// <param name="initialLearningRate">The rate at step 0.</param>
/// <param name="decaySteps">The length of the fall; above 0.</param>
/// <param name="alpha">The share of the rate that is left at the end.</param>
/// <param name="name">A name.</param>
/// <param name="warmupTarget">The rate that the warm-up rises to and the fall starts from; null means no warm-up.</param>
/// <param name="warmupSteps">The length of the warm-up, before the fall.</param>
public sealed class CosineDecay(double initialLearningRate, double decaySteps, double alpha = 0.0, string name = "CosineDecay", double? warmupTarget = null, double warmupSteps = 0) : LearningRateSchedule
{
    /// <summary>The rate at step 0.</summary>
    public double InitialLearningRate { get; } = initialLearningRate;

    /// <summary>The length of the fall.</summary>
    public double DecaySteps { get; } = decaySteps > 0 ? decaySteps : throw new TapestryException(nameof(CosineDecay), "decaySteps must be positive", $"{decaySteps}", "a number above 0");

    /// <summary>The share of the rate that is left at the end.</summary>
    public double Alpha { get; } = alpha;

    /// <summary>A name.</summary>
    public string Name { get; } = name;

    /// <summary>The rate that the warm-up rises to, or null.</summary>
    public double? WarmupTarget { get; } = warmupTarget;

    /// <summary>The length of the warm-up.</summary>
    public double WarmupSteps { get; } = warmupSteps;

    /// <inheritdoc/>
    protected internal override double Rate(double step)
    {
        if (WarmupTarget is not { } target) return Fall(Math.Min(step, DecaySteps), InitialLearningRate);
        var position = Math.Min(step, DecaySteps + WarmupSteps);
        return position < WarmupSteps
            ? InitialLearningRate + position / WarmupSteps * (target - InitialLearningRate)
            : Fall(position - WarmupSteps, target);
    }

    double Fall(double step, double from) => from * ((1 - Alpha) * 0.5 * (1 + Math.Cos(Math.PI * step / DecaySteps)) + Alpha);
}
