namespace Tapestry;

/// <summary>The logarithm of the sigmoid.</summary>
public static class LogSigmoidEntry
{
    extension(Ops)
    {
        /// <summary>log(1 / (1 + e⁻ˣ)) = −softplus(−x), element by element, without overflow. Source: <c>keras.ops.log_sigmoid</c>.</summary>
        /// <param name="x">A tensor; integers become floating point.</param>
        public static Tensor LogSigmoid(Tensor x)
        {
            x = Promotion.Floating(x);
            return -Ops.Softplus(-x);
        }
    }
}
