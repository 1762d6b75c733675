namespace Tapestry;

/// <summary>Products with logarithms and quotients that are 0 where their first factor is, whatever the second.</summary>
public static class XlogyEntry
{
    extension(Ops)
    {
        /// <summary>x · log(y), 0 where x is 0, element by element, with broadcasting. Source: <c>tf.math.xlogy</c>.</summary>
        /// <param name="x">A tensor; integers become floating point.</param>
        /// <param name="y">A tensor whose shape broadcasts with that of <paramref name="x"/>.</param>
        /// <example>
        /// <code>
        /// Console.WriteLine(Ops.Xlogy(new[] { 0f, 2f }, new[] { 0f, 1f }));
        /// </code>
        /// <code kind="output">
        /// tf.Tensor([0. 0.], shape=(2,), dtype=float32)
        /// </code>
        /// </example>
        public static Tensor Xlogy(Tensor x, Tensor y)
        {
            var isZero = Zeros(ref x, ref y);
            return Ops.Where(isZero, Ops.ZerosLike(x), x * Ops.Log(Ops.Where(isZero, Ops.OnesLike(y), y)));
        }

        /// <summary>x · log(1 + y), 0 where x is 0, element by element, with broadcasting. Source: <c>tf.math.xlog1py</c>.</summary>
        /// <param name="x">A tensor; integers become floating point.</param>
        /// <param name="y">A tensor whose shape broadcasts with that of <paramref name="x"/>.</param>
        public static Tensor Xlog1py(Tensor x, Tensor y)
        {
            var isZero = Zeros(ref x, ref y);
            return Ops.Where(isZero, Ops.ZerosLike(x), x * Ops.Log1p(Ops.Where(isZero, Ops.ZerosLike(y), y)));
        }

        /// <summary>x / y, 0 where x is 0, element by element, with broadcasting. Source: <c>tf.math.xdivy</c>.</summary>
        /// <param name="x">A tensor; integers become floating point.</param>
        /// <param name="y">A tensor whose shape broadcasts with that of <paramref name="x"/>.</param>
        public static Tensor Xdivy(Tensor x, Tensor y)
        {
            var isZero = Zeros(ref x, ref y);
            return Ops.Where(isZero, Ops.ZerosLike(x), x / Ops.Where(isZero, Ops.OnesLike(y), y));
        }
    }

    static Tensor Zeros(ref Tensor x, ref Tensor y)
    {
        Promotion.UnifyFloating(ref x, ref y);
        return Ops.Equal(x, Ops.ZerosLike(x));
    }
}
