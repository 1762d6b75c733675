namespace Tapestry;

/// <summary>A softmax that gives exact zeros.</summary>
public static class SparsemaxEntry
{
    extension(Ops)
    {
        /// <summary>
        /// max(x − τ, 0) along an axis, with one threshold τ for each row. With the row in falling order z₁ ≥ z₂ ≥ … and its partial sums cᵢ, the support are the i with
        /// i·zᵢ &gt; cᵢ − 1, k of them, and τ = (Σ cᵢ over the support − 1) / k. Source: <c>keras.ops.sparsemax</c>.
        /// </summary>
        /// <remarks>
        /// This is what Keras computes. The projection onto the simplex that Martins and Astudillo call sparsemax has τ = (c_k − 1) / k; both agree where the support is one
        /// element, elsewhere Keras' rows sum to less than 1.
        /// </remarks>
        /// <param name="x">A tensor of at least one dimension; integers become floating point.</param>
        /// <param name="axis">The axis of a row.</param>
        /// <exception cref="TapestryException">There is no such axis, or its length is unknown.</exception>
        public static Tensor Sparsemax(Tensor x, int axis = -1)
        {
            x = Promotion.Floating(x);
            var along = Axes.Ordered("Sparsemax", [axis], x.Rank, x)[0];
            if (x.Shape[along] < 0) throw new TapestryException("Sparsemax", $"the length of axis {axis} is unknown", x.Spec.ToString(), "an axis of known length");
            var rising = new int[x.Rank];
            Array.Fill(rising, 1);
            rising[along] = x.Shape[along];
            var places = Ops.Reshape(Ops.Cast(Enumerable.Range(1, x.Shape[along]).ToArray(), x.DType), new Shape(rising));
            var falling = Ops.Sort(x, along, descending: true);
            var sums = Ops.Cumsum(falling, along);
            var support = falling - ((sums - 1.0) / places) > Ops.ZerosLike(falling);
            var count = Ops.Sum(Ops.Cast(support, x.DType), along, keepdims: true);
            var threshold = (Ops.Sum(Ops.Where(support, sums, Ops.ZerosLike(sums)), along, keepdims: true) - 1.0) / count;
            return Ops.Maximum(x - threshold, 0.0);
        }
    }
}
