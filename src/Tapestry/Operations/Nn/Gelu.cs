namespace Tapestry;

/// <summary>The Gaussian error linear unit.</summary>
public static class GeluEntry
{
    extension(Ops)
    {
        /// <summary>
        /// x · Φ(x), where Φ is the distribution function of the normal distribution: ½x · (1 + erf(x/√2)), or approximately ½x · (1 + tanh(√(2/π) · (x + 0.044715x³))).
        /// Source: <c>keras.ops.gelu</c>. The activation <c>"gelu"</c> and <c>tf.nn.gelu</c> are exact by default.
        /// </summary>
        /// <param name="x">A tensor; integers become floating point.</param>
        /// <param name="approximate">Whether to take the form with tanh.</param>
        /// <example>
        /// <code>
        /// Console.WriteLine(Ops.Gelu(new[] { -1f, 0f, 1f }, approximate: false));
        /// </code>
        /// <code kind="output">
        /// tf.Tensor([-0.15865526  0.          0.8413447 ], shape=(3,), dtype=float32)
        /// </code>
        /// </example>
        public static Tensor Gelu(Tensor x, bool approximate = true)
        {
            x = Promotion.Floating(x);
            return approximate
                ? 0.5 * x * (1.0 + Ops.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * (x * x * x))))
                : 0.5 * x * (1.0 + Ops.Erf(x / Math.Sqrt(2)));
        }
    }
}
