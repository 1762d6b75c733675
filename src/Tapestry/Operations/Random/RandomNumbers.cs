namespace Tapestry;

/// <summary>Random numbers from a state that moves on with every draw, also within compiled functions.</summary>
public static class RandomNumbersEntry
{
    extension(Ops)
    {
        /// <summary>Numbers spread evenly over [minval, maxval). Source: <c>keras.random.uniform</c>, <c>tf.random.uniform</c>.</summary>
        /// <param name="shape">The shape, fully known.</param>
        /// <param name="minval">The least number.</param>
        /// <param name="maxval">The limit above, which is left out; needed for whole numbers.</param>
        /// <param name="dtype">A floating-point dtype, int32 or int64; <see cref="DType.DefaultFloat"/> by default.</param>
        /// <param name="seed">Gives the same numbers at every call; by default each call gives others, which <c>RandomSeed.Set</c> makes repeat.</param>
        /// <exception cref="TapestryException">The range or the dtype does not fit.</exception>
        public static Tensor RandomUniform(Shape shape, double minval = 0, double? maxval = null, DType? dtype = null, int? seed = null) => Ops.StatelessUniform(shape, Seed(seed), minval, maxval, dtype);

        /// <summary>Whole numbers spread evenly over [minval, maxval). Source: <c>keras.random.randint</c>.</summary>
        /// <param name="shape">The shape, fully known.</param>
        /// <param name="minval">The least number.</param>
        /// <param name="maxval">The limit above, which is left out.</param>
        /// <param name="dtype">int32 (the default) or int64.</param>
        /// <param name="seed">Gives the same numbers at every call; by default each call gives others, which <c>RandomSeed.Set</c> makes repeat.</param>
        /// <exception cref="TapestryException">There is no number in the range, or the dtype is none of whole numbers.</exception>
        public static Tensor RandomIntegers(Shape shape, int minval, int maxval, DType? dtype = null, int? seed = null)
        {
            dtype ??= DType.Int32;
            if (!dtype.IsInteger) throw new TapestryException("RandomIntegers", "the dtype is none of whole numbers", dtype.Name, "int32 or int64", "Use Ops.RandomUniform.");
            return Ops.StatelessUniform(shape, Seed(seed), minval, maxval, dtype);
        }

        /// <summary>Normally distributed numbers. Source: <c>keras.random.normal</c>, <c>tf.random.normal</c>.</summary>
        /// <param name="shape">The shape, fully known.</param>
        /// <param name="mean">Their mean.</param>
        /// <param name="stddev">Their standard deviation.</param>
        /// <param name="dtype">A floating-point dtype; <see cref="DType.DefaultFloat"/> by default.</param>
        /// <param name="seed">Gives the same numbers at every call; by default each call gives others, which <c>RandomSeed.Set</c> makes repeat.</param>
        public static Tensor RandomNormal(Shape shape, double mean = 0, double stddev = 1, DType? dtype = null, int? seed = null) => Ops.StatelessNormal(shape, Seed(seed), mean, stddev, dtype);

        /// <summary>Normally distributed numbers, those beyond two standard deviations drawn anew. Source: <c>keras.random.truncated_normal</c>.</summary>
        /// <param name="shape">The shape, fully known.</param>
        /// <param name="mean">Their mean.</param>
        /// <param name="stddev">Their standard deviation before drawing anew.</param>
        /// <param name="dtype">A floating-point dtype; <see cref="DType.DefaultFloat"/> by default.</param>
        /// <param name="seed">Gives the same numbers at every call; by default each call gives others, which <c>RandomSeed.Set</c> makes repeat.</param>
        public static Tensor RandomTruncatedNormal(Shape shape, double mean = 0, double stddev = 1, DType? dtype = null, int? seed = null) => Ops.StatelessTruncatedNormal(shape, Seed(seed), mean, stddev, dtype);
    }

    static Tensor Seed(int? seed) => seed is { } given ? TensorFactory.FromSpan<long>([given, 0], [2]) : RandomState.Next();
}
