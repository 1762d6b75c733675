namespace Tapestry;

/// <summary>The sigmoid linear unit with a sigmoid of straight lines.</summary>
public static class HardSiluEntry
{
    extension(Ops)
    {
        /// <summary>x · hardSigmoid(x), element by element. Source: <c>keras.ops.hard_silu</c>, <c>keras.ops.hard_swish</c>.</summary>
        /// <param name="x">A tensor; integers become floating point.</param>
        public static Tensor HardSilu(Tensor x)
        {
            x = Promotion.Floating(x);
            return x * Ops.HardSigmoid(x);
        }
    }
}
