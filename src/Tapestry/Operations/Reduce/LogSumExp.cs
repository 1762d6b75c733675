namespace Tapestry;

/// <summary>The logarithm of a sum of exponentials.</summary>
public static class LogSumExpEntry
{
    extension(Ops)
    {
        /// <summary>log Σ exp(x) along dimensions, without overflow: the greatest element is taken out of the sum. Source: <c>keras.ops.logsumexp</c>, <c>tf.reduce_logsumexp</c>.</summary>
        /// <param name="x">A floating-point tensor.</param>
        /// <param name="axis">The dimensions; all by default.</param>
        /// <param name="keepdims">Whether the dimensions stay with length 1.</param>
        /// <exception cref="TapestryException">There is no such dimension, or the tensor is none of floating-point numbers.</exception>
        /// <example>
        /// <code>
        /// Console.WriteLine(Ops.LogSumExp(new[] { 1000f, 1000f }));
        /// </code>
        /// <code kind="output">
        /// tf.Tensor(1000.6932, shape=(), dtype=float32)
        /// </code>
        /// </example>
        public static Tensor LogSumExp(Tensor x, Axes? axis = null, bool keepdims = false)
        {
            if (!x.DType.IsFloating) throw new TapestryException("LogSumExp", $"{x.DType} has no exponentials", x.Spec.ToString(), "a floating-point tensor", "Convert with Ops.Cast.");
            x = Promotion.Floating(x);
            var axes = Axes.Of("LogSumExp", axis, x);
            // Nothing has no greatest element; its sum is 0.
            if (axes.Any(along => x.Shape[along] == 0)) return Ops.Log(Ops.Sum(Ops.Exp(x), axis, keepdims));
            var greatest = Ops.StopGradient(Ops.Max(x, axis, keepdims: true));
            // Where the greatest is infinite nothing is to be taken out.
            greatest = Ops.Where(Ops.IsFinite(greatest), greatest, Ops.ZerosLike(greatest));
            var sum = Ops.Log(Ops.Sum(Ops.Exp(x - greatest), axis, keepdims: true)) + greatest;
            return keepdims ? sum : Ops.Squeeze(sum, [.. axes]);
        }
    }
}
