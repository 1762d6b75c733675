namespace Tapestry;

/// <summary>Makes tensors of evenly spaced numbers.</summary>
public static class RangeEntry
{
    extension(Ops)
    {
        /// <summary>The numbers 0, 1, … up to a limit that is left out. Source: <c>tf.range</c>.</summary>
        /// <param name="limit">The limit.</param>
        /// <param name="dtype">The dtype; int32 by default.</param>
        public static Tensor Range(int limit, DType? dtype = null) => Sequence(0, limit, 1, dtype ?? DType.Int32);

        /// <summary>The whole numbers from a start in steps up to a limit that is left out. Source: <c>tf.range</c>, <c>keras.ops.arange</c>.</summary>
        /// <param name="start">The first number.</param>
        /// <param name="limit">The limit.</param>
        /// <param name="delta">The step; a negative one counts down.</param>
        /// <param name="dtype">The dtype; int32 by default.</param>
        /// <exception cref="TapestryException">The step is 0.</exception>
        public static Tensor Range(int start, int limit, int delta = 1, DType? dtype = null) => Sequence(start, limit, delta, dtype ?? DType.Int32);

        /// <summary>The numbers from a start in steps up to a limit that is left out: <c>start + i · delta</c>.</summary>
        /// <param name="start">The first number.</param>
        /// <param name="limit">The limit.</param>
        /// <param name="delta">The step; a negative one counts down.</param>
        /// <param name="dtype">The dtype; <see cref="DType.DefaultFloat"/> by default.</param>
        /// <exception cref="TapestryException">The step is 0.</exception>
        public static Tensor Range(double start, double limit, double delta = 1, DType? dtype = null) => Sequence(start, limit, delta, dtype ?? DType.DefaultFloat);

        /// <summary>Evenly spaced numbers from a start to a stop. Source: <c>keras.ops.linspace</c>, <c>tf.linspace</c>.</summary>
        /// <param name="start">The first number.</param>
        /// <param name="stop">The last number, or the one behind it; see <paramref name="endpoint"/>.</param>
        /// <param name="num">How many.</param>
        /// <param name="endpoint">Whether <paramref name="stop"/> is the last number.</param>
        /// <param name="dtype">The dtype; <see cref="DType.DefaultFloat"/> by default.</param>
        /// <exception cref="TapestryException">The number is negative.</exception>
        public static Tensor Linspace(double start, double stop, int num = 50, bool endpoint = true, DType? dtype = null)
        {
            if (num < 0) throw new TapestryException("Linspace", "the number of values is negative", $"{num}", "0 or more");
            var values = new double[num];
            var gaps = endpoint ? num - 1 : num;
            for (var i = 0; i < num; i++) values[i] = gaps == 0 ? start : start + ((stop - start) * i / gaps);
            if (endpoint && num > 1) values[^1] = stop;
            return Ops.Cast(values, dtype ?? DType.DefaultFloat);
        }
    }

    static Tensor Sequence(double start, double limit, double delta, DType dtype)
    {
        if (delta == 0) throw new TapestryException("Range", "a step of 0 never ends", "0", "another step");
        var values = new double[(int)Math.Max(0, Math.Ceiling((limit - start) / delta))];
        for (var i = 0; i < values.Length; i++) values[i] = start + (i * delta);
        return Ops.Cast(values, dtype);
    }
}
