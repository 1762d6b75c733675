namespace Tapestry;

/// <summary>All partial results of an operation that may be done in any order.</summary>
public static class AssociativeScanEntry
{
    extension(Ops)
    {
        /// <summary>
        /// The values y₀ = x₀, yᵢ = f(yᵢ₋₁, xᵢ) along an axis, for an f with f(f(a, b), c) = f(a, f(b, c)). It is called ⌈log₂ n⌉ times on whole stretches of the axis instead of n times on
        /// single entries. Source: <c>keras.ops.associative_scan</c>.
        /// </summary>
        /// <param name="function">From two tensors, or structures of tensors, to their combination, entry by entry of the axis.</param>
        /// <param name="elements">Tensors with the same number of entries along the axis.</param>
        /// <param name="reverse">Whether to start at the last entry.</param>
        /// <param name="axis">The axis.</param>
        /// <returns>The values in the structure of <paramref name="elements"/>.</returns>
        /// <exception cref="TapestryException">There are no tensors, there is no such axis, or its length is unknown or differs.</exception>
        public static Nest AssociativeScan(Func<Nest, Nest, Nest> function, Nest elements, bool reverse = false, int axis = 0)
        {
            var count = CountOf(elements, axis);
            var values = reverse ? elements.Map(x => Ops.Reverse(x, axis)) : elements;
            // After each round an entry has what the last 2·step entries give.
            for (var step = 1; step < count; step *= 2)
            {
                var later = function(Part(values, axis, 0, count - step), Part(values, axis, step, count - step)).Flatten();
                var sooner = Part(values, axis, 0, step).Flatten();
                values = values.Pack([.. sooner.Zip(later, (first, rest) => Ops.Concat([first, rest], axis))]);
            }

            return reverse ? values.Map(x => Ops.Reverse(x, axis)) : values;
        }

        /// <summary>The values y₀ = x₀, yᵢ = f(yᵢ₋₁, xᵢ) of one tensor along an axis, for an f with f(f(a, b), c) = f(a, f(b, c)).</summary>
        /// <param name="function">From two tensors to their combination, entry by entry of the axis.</param>
        /// <param name="elements">A tensor of rank 1 or more.</param>
        /// <param name="reverse">Whether to start at the last entry.</param>
        /// <param name="axis">The axis.</param>
        public static Tensor AssociativeScan(Func<Tensor, Tensor, Tensor> function, Tensor elements, bool reverse = false, int axis = 0) =>
            Ops.AssociativeScan((a, b) => (Nest)function(a.Single(), b.Single()), (Nest)elements, reverse, axis).Single();
    }

    static int CountOf(Nest elements, int axis)
    {
        var tensors = elements.Flatten();
        if (tensors.Count == 0) throw new TapestryException("AssociativeScan", "there are no tensors", expected: "at least one");
        var counts = tensors.Select(x => x.Shape[Axes.Ordered("AssociativeScan", [axis], x.Rank, x)[0]]).Distinct().ToArray();
        return counts is [>= 0] ? counts[0] : throw new TapestryException("AssociativeScan", "the numbers of entries are unknown or differ", elements.Describe(), $"one known length of axis {axis}");
    }

    static Nest Part(Nest values, int axis, int start, int count) => values.Map(x =>
    {
        var along = axis < 0 ? axis + x.Rank : axis;
        return Ops.Slice(x, [.. Enumerable.Range(0, x.Rank).Select(i => i == along ? start : 0)], [.. Enumerable.Range(0, x.Rank).Select(i => i == along ? count : -1)]);
    });
}
