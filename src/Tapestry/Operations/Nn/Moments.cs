namespace Tapestry;

/// <summary>Mean and variance together.</summary>
public static class MomentsEntry
{
    extension(Ops)
    {
        /// <summary>The mean and the variance, mean((x − mean)²), along axes. Halves are computed in float32. Source: <c>keras.ops.moments</c>, <c>tf.nn.moments</c>.</summary>
        /// <param name="x">A tensor; integers become floating point.</param>
        /// <param name="axes">The axes.</param>
        /// <param name="keepdims">Whether the axes stay with length 1.</param>
        /// <exception cref="TapestryException">There is no such axis.</exception>
        public static (Tensor Mean, Tensor Variance) Moments(Tensor x, Axes axes, bool keepdims = false)
        {
            x = Promotion.Floating(x);
            var dtype = x.DType;
            var wide = dtype == DType.Float16 || dtype == DType.BFloat16 ? Ops.Cast(x, DType.Float32) : x;
            var mean = Ops.Mean(wide, axes, keepdims: true);
            var variance = Ops.Mean(Ops.Square(wide - mean), axes, keepdims);
            if (!keepdims) mean = Ops.Mean(wide, axes);
            return (Ops.Cast(mean, dtype), Ops.Cast(variance, dtype));
        }
    }
}
