namespace Tapestry;

/// <summary>What cross-entropies do with predictions.</summary>
static class Probabilities
{
    /// <summary>The distance from 0 and 1 that a probability keeps, so that its logarithm is finite.</summary>
    internal const double Epsilon = 1e-7;

    /// <summary>The logits of predictions: these themselves where they are logits, else those that a sigmoid or a softmax made them from; null where they are not known.</summary>
    internal static Tensor? LogitsOf(Tensor output, bool fromLogits, bool areClasses) =>
        fromLogits ? output : output.Logits is { } source && source.AreClasses == areClasses ? Ops.Cast(source.Values, output.DType) : null;

    /// <summary>Probabilities that have a finite logarithm, also for the opposite.</summary>
    internal static Tensor Clip(Tensor p) => Ops.Minimum(Ops.Maximum(p, Epsilon), 1 - Epsilon);
}
