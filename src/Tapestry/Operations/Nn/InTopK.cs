namespace Tapestry;

/// <summary>Whether the right class is among those of the greatest scores.</summary>
public static class InTopKEntry
{
    extension(Ops)
    {
        /// <summary>
        /// Whether fewer than k scores of a row are greater than that of its class, as bool; false for rows in which a score is not finite, and for numbers of no class.
        /// Source: <c>keras.ops.in_top_k</c>, <c>tf.math.in_top_k</c>.
        /// </summary>
        /// <param name="targets">The numbers of the classes, in the shape of <paramref name="predictions"/> without the last axis.</param>
        /// <param name="predictions">Scores, with the classes along the last axis.</param>
        /// <param name="k">How many scores count.</param>
        /// <exception cref="TapestryException">The shapes do not fit.</exception>
        /// <example>
        /// <code>
        /// var scores = new[,] { { 0.1f, 0.7f, 0.2f }, { 0.5f, 0.3f, 0.2f } };
        /// Console.WriteLine(Ops.InTopK(new[] { 2, 2 }, scores, k: 2));
        /// </code>
        /// <code kind="output">
        /// tf.Tensor([ True False], shape=(2,), dtype=bool)
        /// </code>
        /// </example>
        public static Tensor InTopK(Tensor targets, Tensor predictions, int k)
        {
            predictions = Promotion.Floating(predictions);
            if (predictions.Rank == 0 || predictions.Shape[^1] < 0 || targets.Rank != predictions.Rank - 1) throw new TapestryException("InTopK", "the shapes do not fit", $"targets {targets.Spec}, predictions {predictions.Spec}", "predictions of a known number of classes along the last axis, and targets without that axis");
            var classes = predictions.Shape[^1];
            targets = Ops.Cast(targets, DType.Int32);
            // A score that is not finite spoils the sum, and is never among the greatest.
            var score = Ops.Sum(Ops.OneHot(targets, classes, dtype: predictions.DType) * predictions, -1, keepdims: true);
            var ahead = Ops.CountNonZero(Ops.Greater(predictions, score), -1);
            var isClass = Ops.LogicalAnd(Ops.GreaterEqual(targets, 0), Ops.Less(targets, classes));
            return Ops.LogicalAnd(isClass, Ops.LogicalAnd(Ops.Less(ahead, k), Ops.IsFinite(Ops.Squeeze(score, -1))));
        }
    }
}
