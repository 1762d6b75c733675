namespace Tapestry;

/// <summary>The cross-entropy of classes that exclude each other.</summary>
public static class CategoricalCrossentropyEntry
{
    extension(Ops)
    {
        /// <summary>
        /// −Σ t·log p along the axis of the classes. Probabilities are brought to a sum of 1 and kept within [10⁻⁷, 1 − 10⁻⁷]; where they come straight from a softmax its logits
        /// are used, which is exact. Source: <c>keras.ops.categorical_crossentropy</c>.
        /// </summary>
        /// <param name="target">The shares of the classes, such as one-hot rows.</param>
        /// <param name="output">Probabilities, or logits, of the same shape.</param>
        /// <param name="fromLogits">Whether <paramref name="output"/> are logits.</param>
        /// <param name="axis">The axis of the classes, which the result does not have.</param>
        /// <exception cref="TapestryException">The shapes differ, or are those of scalars.</exception>
        public static Tensor CategoricalCrossentropy(Tensor target, Tensor output, bool fromLogits = false, int axis = -1)
        {
            output = Promotion.Floating(output);
            target = Promotion.To(target, output.DType);
            if (target.Rank == 0 || !target.Shape.IsCompatibleWith(output.Shape)) throw new TapestryException("CategoricalCrossentropy", "the shapes do not fit", $"target {target.Spec}, output {output.Spec}", "equal shapes of at least one dimension", "For targets that are numbers of classes use SparseCategoricalCrossentropy.");
            if (Probabilities.LogitsOf(output, fromLogits, areClasses: true) is { } logits) return Ops.SoftmaxCrossEntropyWithLogits(target, logits, axis);
            var p = Probabilities.Clip(output / Ops.Sum(output, axis, keepdims: true));
            return -Ops.Sum(target * Ops.Log(p), axis);
        }
    }
}
