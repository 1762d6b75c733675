namespace Tapestry;

/// <summary>Asks whether elements come in order.</summary>
public static class IncreasingEntry
{
    extension(Ops)
    {
        /// <summary>Whether every element is greater than the one before, in row order, as a bool scalar. Source: <c>tf.math.is_strictly_increasing</c>.</summary>
        /// <param name="x">A tensor of real numbers.</param>
        public static Tensor IsStrictlyIncreasing(Tensor x)
        {
            x = Ops.Reshape(x, [null]);
            return Ops.All(Ops.Less(x[..^1], x[1..]));
        }

        /// <summary>Whether no element is less than the one before, in row order, as a bool scalar. Source: <c>tf.math.is_non_decreasing</c>.</summary>
        /// <param name="x">A tensor of real numbers.</param>
        public static Tensor IsNonDecreasing(Tensor x)
        {
            x = Ops.Reshape(x, [null]);
            return Ops.All(Ops.LessEqual(x[..^1], x[1..]));
        }
    }
}
