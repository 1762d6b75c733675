namespace Tapestry;

/// <summary>Programs that accumulate along the first dimension and give every intermediate value.</summary>
public static class ScanEntry
{
    extension(Ops)
    {
        /// <summary>
        /// The values a<sub>i</sub> = f(a<sub>i-1</sub>, x<sub>i</sub>) along the first dimension, stacked. Source: <c>tf.scan</c>.
        /// </summary>
        /// <param name="function">From the value so far and an entry to the next value, in the same structure, dtypes and shapes.</param>
        /// <param name="elements">Tensors with the same first dimension.</param>
        /// <param name="initializer">The value before the first entry; null takes the first entry itself as the first value.</param>
        /// <param name="reverse">Whether to start at the last entry; values stay at the places of their entries.</param>
        /// <returns>The values in their structure, each tensor with the first dimension in front.</returns>
        /// <exception cref="TapestryException">There are no tensors, first dimensions differ, or there are no entries and no <paramref name="initializer"/>.</exception>
        public static Nest Scan(Func<Nest, Nest, Nest> function, Nest elements, Nest? initializer = null, bool reverse = false)
        {
            (Nest, Nest) Step(Nest value, Nest entry)
            {
                var next = function(value, entry);
                return (next, next);
            }

            var loop = new EntryLoop("Scan", elements, Step, reverse);
            if (initializer is not null) return loop.Run(initializer.Map(tensor => Ops.Cast(tensor, tensor.DType))).Results;
            var first = FoldEntry.Start("Scan", loop);
            return loop.Run(first, 1, first.Map(tensor => Ops.ExpandDims(tensor, 0))).Results;
        }

        /// <summary>The values of <see cref="Scan(Func{Nest, Nest, Nest}, Nest, Nest?, bool)"/> for one tensor.</summary>
        /// <param name="function">From the value so far and an entry to the next value, of the same dtype and shape.</param>
        /// <param name="elements">A tensor of rank 1 or more.</param>
        /// <param name="initializer">The value before the first entry; null takes the first entry itself as the first value.</param>
        /// <param name="reverse">Whether to start at the last entry.</param>
        public static Tensor Scan(Func<Tensor, Tensor, Tensor> function, Tensor elements, Tensor? initializer = null, bool reverse = false) =>
            Ops.Scan((value, entry) => (Nest)function(value.Single(), entry.Single()), (Nest)elements, initializer is null ? null : (Nest)initializer, reverse).Single();

        /// <summary>A program that goes through the entries of the first dimension, hands a value on and gives a result for each. Source: <c>keras.ops.scan</c>.</summary>
        /// <param name="function">From the value so far and an entry to the next value, in the same structure, dtypes and shapes, and a result.</param>
        /// <param name="initial">The value before the first entry.</param>
        /// <param name="elements">Tensors with the same first dimension.</param>
        /// <param name="reverse">Whether to start at the last entry; results stay at the places of their entries.</param>
        /// <returns>The last value, and the results, each tensor with the first dimension in front.</returns>
        /// <exception cref="TapestryException">There are no tensors, or first dimensions differ.</exception>
        public static (Nest Carry, Nest Results) Scan(Func<Nest, Nest, (Nest Carry, Nest Result)> function, Nest initial, Nest elements, bool reverse = false) =>
            new EntryLoop("Scan", elements, function, reverse).Run(initial.Map(tensor => Ops.Cast(tensor, tensor.DType)));
    }
}
