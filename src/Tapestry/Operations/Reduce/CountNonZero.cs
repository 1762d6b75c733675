namespace Tapestry;

/// <summary>Counts what is not zero.</summary>
public static class CountNonZeroEntry
{
    extension(Ops)
    {
        /// <summary>How many elements along dimensions are not 0, as int32; NaN is not. Source: <c>keras.ops.count_nonzero</c>, <c>tf.math.count_nonzero</c>.</summary>
        /// <param name="x">A tensor of numbers or truth values.</param>
        /// <param name="axis">The dimensions; all by default.</param>
        /// <param name="keepdims">Whether the dimensions stay with length 1.</param>
        /// <param name="dtype">The dtype of the counts; int32 by default.</param>
        /// <exception cref="TapestryException">There is no such dimension.</exception>
        public static Tensor CountNonZero(Tensor x, Axes? axis = null, bool keepdims = false, DType? dtype = null) =>
            Ops.Sum(Ops.Cast(x.DType == DType.Bool ? x : Ops.NotEqual(x, Ops.ZerosLike(x)), dtype ?? DType.Int32), axis, keepdims);

        /// <summary>The share of the elements that are 0, as float32. Source: <c>tf.math.zero_fraction</c>.</summary>
        /// <param name="x">A tensor of numbers.</param>
        public static Tensor ZeroFraction(Tensor x) => Ops.Mean(Ops.Cast(Ops.Equal(x, Ops.ZerosLike(x)), DType.Float32));
    }
}
