namespace Tapestry;

/// <summary>What the hyperbolic tangent leaves of its argument.</summary>
public static class TanhShrinkEntry
{
    extension(Ops)
    {
        /// <summary>x − tanh(x), element by element. Source: <c>keras.ops.tanh_shrink</c>.</summary>
        /// <param name="x">A tensor; integers become floating point.</param>
        public static Tensor TanhShrink(Tensor x)
        {
            x = Promotion.Floating(x);
            return x - Ops.Tanh(x);
        }
    }
}
