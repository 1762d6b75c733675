namespace Tapestry;

/// <summary>The cross-entropy of classes that are given by their numbers.</summary>
public static class SparseCategoricalCrossentropyEntry
{
    extension(Ops)
    {
        /// <summary>
        /// −log p of the right class. Probabilities go through a logarithm and a softmax, which brings them to a sum of 1; where they come straight from a softmax its logits are used.
        /// Source: <c>keras.ops.sparse_categorical_crossentropy</c>.
        /// </summary>
        /// <param name="target">The numbers of the classes, in the shape of <paramref name="output"/> without its last axis, or with 1 in its place.</param>
        /// <param name="output">Probabilities, or logits, with the classes along the last axis.</param>
        /// <param name="fromLogits">Whether <paramref name="output"/> are logits.</param>
        /// <exception cref="TapestryException">The shapes do not fit, or a target is not the number of a class.</exception>
        public static Tensor SparseCategoricalCrossentropy(Tensor target, Tensor output, bool fromLogits = false)
        {
            output = Promotion.Floating(output);
            if (target.Rank > 0 && target.Rank == output.Rank && target.Shape[^1] == 1) target = Ops.Squeeze(target, -1);
            if (output.Rank == 0 || target.Rank != output.Rank - 1 || !target.Shape.IsCompatibleWith(output.Shape[..^1])) throw new TapestryException("SparseCategoricalCrossentropy", "the shapes of labels and predictions do not fit", $"target {target.Spec}, output {output.Spec}", "labels of the shape of the predictions without their last axis", "Use CategoricalCrossentropy for one-hot targets.");
            var logits = Probabilities.LogitsOf(output, fromLogits, areClasses: true) ?? Ops.Log(Probabilities.Clip(output));
            return Ops.SparseSoftmaxCrossEntropyWithLogits(Ops.Cast(target, DType.Int64), logits);
        }
    }
}
