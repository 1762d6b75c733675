namespace Tapestry.Keras;

/// <summary>
/// Cosine decay that starts again, each time longer by tMul and from a rate lower by mMul. Source:
/// <c>keras.optimizers.schedules.CosineDecayRestarts</c>, after Loshchilov and Hutter (2016).
/// </summary>
/// <param name="initialLearningRate">The rate at step 0.</param>
/// <param name="firstDecaySteps">The length of the first fall; above 0.</param>
/// <param name="tMul">The growth of the length.</param>
/// <param name="mMul">The change of the rate that a fall starts from.</param>
/// <param name="alpha">The share of the rate that is left at the end of each fall.</param>
/// <param name="name">A name.</param>
public sealed class CosineDecayRestarts(double initialLearningRate, double firstDecaySteps, double tMul = 2.0, double mMul = 1.0, double alpha = 0.0, string name = "SGDRDecay") : LearningRateSchedule
{
    /// <summary>The rate at step 0.</summary>
    public double InitialLearningRate { get; } = initialLearningRate;

    /// <summary>The length of the first fall.</summary>
    public double FirstDecaySteps { get; } = firstDecaySteps > 0 ? firstDecaySteps : throw new TapestryException(nameof(CosineDecayRestarts), "firstDecaySteps must be positive", $"{firstDecaySteps}", "a number above 0");

    /// <summary>The growth of the length.</summary>
    public double TMul { get; } = tMul;

    /// <summary>The change of the rate that a fall starts from.</summary>
    public double MMul { get; } = mMul;

    /// <summary>The share of the rate that is left at the end of each fall.</summary>
    public double Alpha { get; } = alpha;

    /// <summary>A name.</summary>
    public string Name { get; } = name;

    /// <inheritdoc/>
    protected internal override double Rate(double step)
    {
        var completed = step / FirstDecaySteps;
        double restart;
        if (TMul == 1)
        {
            restart = Math.Floor(completed);
            completed -= restart;
        }
        else
        {
            restart = Math.Floor(Math.Log(1 - completed * (1 - TMul)) / Math.Log(TMul));
            completed = (completed - (1 - Math.Pow(TMul, restart)) / (1 - TMul)) / Math.Pow(TMul, restart);
        }

        var share = 0.5 * Math.Pow(MMul, restart) * (1 + Math.Cos(Math.PI * completed));
        return InitialLearningRate * ((1 - Alpha) * share + Alpha);
    }
}
