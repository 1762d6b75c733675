namespace Tapestry;

/// <summary>The sigmoid linear unit, which is also called swish.</summary>
public static class SiluEntry
{
    extension(Ops)
    {
        /// <summary>x · sigmoid(βx), element by element. Source: <c>keras.ops.silu</c>, <c>keras.ops.swish</c>, <c>tf.nn.silu</c>.</summary>
        /// <param name="x">A tensor; integers become floating point.</param>
        /// <param name="beta">How steep the step from 0 to x is.</param>
        /// <example>
        /// <code>
        /// Console.WriteLine(Ops.Silu(new[] { -20f, 0f, 20f }));
        /// </code>
        /// <code kind="output">
        /// tf.Tensor([-4.1223075e-08  0.0000000e+00  2.0000000e+01], shape=(3,), dtype=float32)
        /// </code>
        /// </example>
        public static Tensor Silu(Tensor x, double beta = 1)
        {
            x = Promotion.Floating(x);
            return x * Ops.Sigmoid(beta == 1 ? x : x * beta);
        }
    }
}
