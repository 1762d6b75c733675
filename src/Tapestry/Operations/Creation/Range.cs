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

        /// <summary>The numbers 0, 1, … up to a limit that is left out and need not be whole. Source: <c>keras.ops.arange</c>.</summary>
        /// <param name="limit">The limit.</param>
        /// <param name="dtype">The dtype; <see cref="DType.DefaultFloat"/> by default.</param>
        public static Tensor Range(double limit, DType? dtype = null) => Sequence(0, limit, 1, dtype ?? DType.DefaultFloat);

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
            RequireCount(num);
            var values = new double[num];
            var gaps = endpoint ? num - 1 : num;
            for (var i = 0; i < num; i++) values[i] = gaps == 0 ? start : start + ((stop - start) * i / gaps);
            if (endpoint && num > 1) values[^1] = stop;
            return Ops.Cast(values, dtype ?? DType.DefaultFloat);
        }

        /// <summary>Evenly spaced tensors from a start to a stop along a new axis: start · (1 - t) + stop · t. Source: <c>keras.ops.linspace</c>, <c>tf.linspace</c>.</summary>
        /// <param name="start">The first entry.</param>
        /// <param name="stop">The last entry, or the one behind it; see <paramref name="endpoint"/>. Its shape broadcasts with that of <paramref name="start"/>.</param>
        /// <param name="num">How many.</param>
        /// <param name="endpoint">Whether <paramref name="stop"/> is the last entry.</param>
        /// <param name="dtype">The dtype; by default that of the arguments, or <see cref="DType.DefaultFloat"/> for integers.</param>
        /// <param name="axis">Where the new axis stands in the result; a negative one counts from the end.</param>
        /// <exception cref="TapestryException">The number is negative, or there is no such axis.</exception>
        public static Tensor Linspace(Tensor start, Tensor stop, int num = 50, bool endpoint = true, DType? dtype = null, int axis = 0) =>
            Spaced(start, stop, num, endpoint, dtype, axis).Values;

        /// <summary>Evenly spaced tensors along a new axis, and the distance of neighbours. Source: <c>keras.ops.linspace</c> with <c>retstep</c>.</summary>
        /// <param name="start">The first entry.</param>
        /// <param name="stop">The last entry, or the one behind it; see <paramref name="endpoint"/>. Its shape broadcasts with that of <paramref name="start"/>.</param>
        /// <param name="step">The distance of neighbours; NaN where there are none.</param>
        /// <param name="num">How many.</param>
        /// <param name="endpoint">Whether <paramref name="stop"/> is the last entry.</param>
        /// <param name="dtype">The dtype; by default that of the arguments, or <see cref="DType.DefaultFloat"/> for integers.</param>
        /// <param name="axis">Where the new axis stands in the result; a negative one counts from the end.</param>
        /// <exception cref="TapestryException">The number is negative, or there is no such axis.</exception>
        public static Tensor Linspace(Tensor start, Tensor stop, out Tensor step, int num = 50, bool endpoint = true, DType? dtype = null, int axis = 0)
        {
            (var values, step) = Spaced(start, stop, num, endpoint, dtype, axis);
            return values;
        }
    }

    static (Tensor Values, Tensor Step) Spaced(Tensor start, Tensor stop, int num, bool endpoint, DType? dtype, int axis)
    {
        RequireCount(num);
        Promotion.UnifyFloating(ref start, ref stop);
        var gaps = endpoint ? num - 1 : num;
        var distance = stop - start;
        var along = Axes.Ordered("Linspace", [axis], distance.Rank + 1, distance)[0];
        var places = new double[num];
        for (var i = 0; i < num; i++) places[i] = gaps == 0 ? 0 : (double)i / gaps;
        var shape = new int[distance.Rank + 1];
        Array.Fill(shape, 1);
        shape[along] = num;
        // Each end has the weight 0 at the other, so both are met exactly.
        var t = Ops.Reshape(Ops.Cast(places, start.DType), new Shape(shape));
        (start, stop) = (start + Ops.ZerosLike(distance), stop + Ops.ZerosLike(distance));
        var values = (Ops.ExpandDims(start, along) * (1 - t)) + (Ops.ExpandDims(stop, along) * t);
        var step = gaps > 0 ? distance / (double)gaps : distance * double.NaN;
        return dtype is null ? (values, step) : (Ops.Cast(values, dtype), Ops.Cast(step, dtype));
    }

    static void RequireCount(int num)
    {
        if (num < 0) throw new TapestryException("Linspace", "the number of values is negative", $"{num}", "0 or more");
    }

    static Tensor Sequence(double start, double limit, double delta, DType dtype)
    {
        if (delta == 0) throw new TapestryException("Range", "a step of 0 never ends", "0", "another step");
        var values = new double[(int)Math.Max(0, Math.Ceiling((limit - start) / delta))];
        for (var i = 0; i < values.Length; i++) values[i] = start + (i * delta);
        return Ops.Cast(values, dtype);
    }
}
