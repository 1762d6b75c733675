namespace Tapestry.Keras;

/// <summary>After which epochs <c>Fit</c> validates: every so many, or those of a list, counted from 1.</summary>
public sealed class ValidationFrequency
{
    readonly int every;
    readonly int[]? epochs;

    ValidationFrequency(int every, int[]? epochs)
    {
        if (epochs is null && every < 1) throw new TapestryException("Fit.validationFreq", "outside its range", $"{every}", "a number of epochs above 0, or a list of epochs");
        this.every = every;
        this.epochs = epochs;
    }

    /// <summary>After every so many epochs.</summary>
    public static implicit operator ValidationFrequency(int every) => new(every, null);

    /// <summary>After these epochs, counted from 1.</summary>
    public static implicit operator ValidationFrequency(int[] epochs) => new(0, [.. epochs]);

    /// <summary>True when there is a validation after an epoch, counted from 1.</summary>
    internal bool Includes(int epoch) => epochs is null ? epoch % every == 0 : epochs.Contains(epoch);
}
