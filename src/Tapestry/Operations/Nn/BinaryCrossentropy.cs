namespace Tapestry;

/// <summary>The cross-entropy of outcomes that are one of two.</summary>
public static class BinaryCrossentropyEntry
{
    extension(Ops)
    {
        /// <summary>
        /// −(t·log p + (1 − t)·log(1 − p)), element by element. Probabilities are kept within [10⁻⁷, 1 − 10⁻⁷]; where they come straight from a sigmoid its logits are used,
        /// which is exact. Source: <c>keras.ops.binary_crossentropy</c>. The loss of this name takes the mean along the last axis.
        /// </summary>
        /// <param name="target">What came out, in [0, 1].</param>
        /// <param name="output">Probabilities, or logits, of the same shape.</param>
        /// <param name="fromLogits">Whether <paramref name="output"/> are logits.</param>
        /// <exception cref="TapestryException">The shapes differ.</exception>
        public static Tensor BinaryCrossentropy(Tensor target, Tensor output, bool fromLogits = false)
        {
            output = Promotion.Floating(output);
            target = Promotion.To(target, output.DType);
            if (!target.Shape.IsCompatibleWith(output.Shape)) throw new TapestryException("BinaryCrossentropy", "the shapes differ", $"target {target.Spec}, output {output.Spec}", "equal shapes");
            if (Probabilities.LogitsOf(output, fromLogits, areClasses: false) is { } logits) return Ops.SigmoidCrossEntropyWithLogits(target, logits);
            var p = Probabilities.Clip(output);
            return -(target * Ops.Log(p) + (1.0 - target) * Ops.Log(1.0 - p));
        }
    }
}
