namespace Tapestry;

/// <summary>Brings tensors to length 1.</summary>
public static class NormalizeEntry
{
    extension(Ops)
    {
        /// <summary>Vectors along an axis divided by their norm, ‖x‖ = (Σ|x|ᵖ)^(1/p); zero vectors stay zero. Source: <c>keras.ops.normalize</c>.</summary>
        /// <param name="x">A tensor; integers become floating point.</param>
        /// <param name="axis">The axis along which a vector lies.</param>
        /// <param name="order">The order p of the norm, at least 1; 2 is the Euclidean one.</param>
        /// <param name="epsilon">The least norm that a vector is divided by.</param>
        /// <exception cref="TapestryException">There is no such axis, or the order is less than 1.</exception>
        /// <example>
        /// <code>
        /// Console.WriteLine(Ops.Normalize(new[] { 3f, 4f }));
        /// </code>
        /// <code kind="output">
        /// tf.Tensor([0.6 0.8], shape=(2,), dtype=float32)
        /// </code>
        /// </example>
        public static Tensor Normalize(Tensor x, int axis = -1, int order = 2, double epsilon = 1e-7)
        {
            if (order < 1) throw new TapestryException("Normalize", "there is no norm of this order", $"{order}", "1 or more");
            x = Promotion.Floating(x);
            if (x.Rank == 0) x = Ops.ExpandDims(x, 0);
            if (order == 2) return x * Ops.Minimum(Ops.Rsqrt(Ops.Sum(Ops.Square(x), axis, keepdims: true)), 1 / epsilon);
            var magnitudes = Ops.Abs(x);
            var norm = order == 1 ? Ops.Sum(magnitudes, axis, keepdims: true) : Ops.Pow(Ops.Sum(Ops.Pow(magnitudes, (double)order), axis, keepdims: true), 1.0 / order);
            return x / Ops.Maximum(norm, epsilon);
        }

        /// <summary>x / √max(Σx², ε): vectors of length 1, where they were not much shorter than √ε. Source: <c>tf.math.l2_normalize</c>.</summary>
        /// <param name="x">A tensor; integers become floating point.</param>
        /// <param name="axis">The axes over which squares are added; all by default.</param>
        /// <param name="epsilon">The least square of a length that is divided by.</param>
        /// <exception cref="TapestryException">There is no such axis.</exception>
        public static Tensor L2Normalize(Tensor x, Axes? axis = null, double epsilon = 1e-12)
        {
            x = Promotion.Floating(x);
            return x * Ops.Rsqrt(Ops.Maximum(Ops.Sum(Ops.Square(x), axis, keepdims: true), epsilon));
        }
    }
}
