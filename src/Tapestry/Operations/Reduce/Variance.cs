namespace Tapestry;

/// <summary>How far elements lie from their mean.</summary>
public static class VarianceEntry
{
    extension(Ops)
    {
        /// <summary>The variance along dimensions, mean((x − mean)²). Source: <c>keras.ops.var</c>, <c>tf.math.reduce_variance</c>.</summary>
        /// <param name="x">A numeric tensor; integers become floating point.</param>
        /// <param name="axis">The dimensions; all by default.</param>
        /// <param name="keepdims">Whether the dimensions stay with length 1.</param>
        /// <exception cref="TapestryException">There is no such dimension.</exception>
        public static Tensor Var(Tensor x, Axes? axis = null, bool keepdims = false)
        {
            x = Promotion.Floating(x);
            return Ops.Mean(Ops.Square(x - Ops.Mean(x, axis, keepdims: true)), axis, keepdims);
        }

        /// <summary>The standard deviation along dimensions, √mean((x − mean)²); where it is 0 its gradient is NaN. Source: <c>keras.ops.std</c>, <c>tf.math.reduce_std</c>.</summary>
        /// <param name="x">A numeric tensor; integers become floating point.</param>
        /// <param name="axis">The dimensions; all by default.</param>
        /// <param name="keepdims">Whether the dimensions stay with length 1.</param>
        /// <exception cref="TapestryException">There is no such dimension.</exception>
        public static Tensor Std(Tensor x, Axes? axis = null, bool keepdims = false) => Ops.Sqrt(Ops.Var(x, axis, keepdims));
    }
}
