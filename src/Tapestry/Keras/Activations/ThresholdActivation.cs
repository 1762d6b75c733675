namespace Tapestry.Keras.Activations;

/// <summary>x where x &gt; threshold, a default elsewhere. The arguments have no defaults, so that the name alone cannot be called. Source: <c>keras.activations.threshold</c>.</summary>
/// <param name="threshold">The threshold.</param>
/// <param name="defaultValue">The value at and below the threshold.</param>
[KerasName("Threshold")]
public sealed class ThresholdActivation(double? threshold = null, double? defaultValue = null) : ActivationFunction
{
    /// <summary>The threshold.</summary>
    public double? Threshold { get; } = threshold;

    /// <summary>The value at and below the threshold.</summary>
    public double? DefaultValue { get; } = defaultValue;

    /// <inheritdoc/>
    /// <exception cref="TapestryException">An argument was not given.</exception>
    public override Tensor Apply(Tensor x) => Threshold is { } limit && DefaultValue is { } otherwise
        ? Ops.Threshold(x, limit, otherwise)
        : throw new TapestryException("threshold", "an argument was not given", $"threshold {Threshold}, defaultValue {DefaultValue}", "both", "Create it: new ThresholdActivation(1.0, 0.0).");
}
