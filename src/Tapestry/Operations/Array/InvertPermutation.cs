namespace Tapestry;

/// <summary>Turns an order around.</summary>
public static class InvertPermutationEntry
{
    extension(Ops)
    {
        /// <summary>The y with y[x[i]] = i, for the numbers from 0 to n − 1 in any order. Source: <c>tf.math.invert_permutation</c>.</summary>
        /// <param name="x">A vector of int32 or int64 that holds each number once.</param>
        /// <exception cref="TapestryException">It is no vector of integers.</exception>
        public static Tensor InvertPermutation(Tensor x)
        {
            if (x.Rank != 1 || !x.DType.IsInteger) throw new TapestryException("InvertPermutation", "that is no order", x.Spec.ToString(), "a vector of integers");
            return Ops.Cast(Ops.ArgSort(x), x.DType);
        }
    }
}
