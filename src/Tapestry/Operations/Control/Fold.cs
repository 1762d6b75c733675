namespace Tapestry;

/// <summary>Programs that accumulate along the first dimension.</summary>
public static class FoldEntry
{
    extension(Ops)
    {
        /// <summary>The last of the values a<sub>i</sub> = f(a<sub>i-1</sub>, x<sub>i</sub>) from the first entry to the last. Source: <c>tf.foldl</c>.</summary>
        /// <param name="function">From the value so far and an entry to the next value, in the same structure, dtypes and shapes.</param>
        /// <param name="elements">Tensors with the same first dimension.</param>
        /// <param name="initializer">The value before the first entry; null takes the first entry itself.</param>
        /// <exception cref="TapestryException">There are no tensors, first dimensions differ, or there are no entries and no <paramref name="initializer"/>.</exception>
        public static Nest Foldl(Func<Nest, Nest, Nest> function, Nest elements, Nest? initializer = null) => Fold("Foldl", function, elements, initializer, reverse: false);

        /// <summary>As <see cref="Foldl(Func{Nest, Nest, Nest}, Nest, Nest?)"/>, for one tensor.</summary>
        /// <param name="function">From the value so far and an entry to the next value, of the same dtype and shape.</param>
        /// <param name="elements">A tensor of rank 1 or more.</param>
        /// <param name="initializer">The value before the first entry; null takes the first entry itself.</param>
        public static Tensor Foldl(Func<Tensor, Tensor, Tensor> function, Tensor elements, Tensor? initializer = null) => Fold("Foldl", function, elements, initializer, reverse: false);

        /// <summary>The last of the values a<sub>i</sub> = f(a<sub>i+1</sub>, x<sub>i</sub>) from the last entry to the first. Source: <c>tf.foldr</c>.</summary>
        /// <param name="function">From the value so far and an entry to the next value, in the same structure, dtypes and shapes.</param>
        /// <param name="elements">Tensors with the same first dimension.</param>
        /// <param name="initializer">The value before the last entry; null takes the last entry itself.</param>
        /// <exception cref="TapestryException">There are no tensors, first dimensions differ, or there are no entries and no <paramref name="initializer"/>.</exception>
        public static Nest Foldr(Func<Nest, Nest, Nest> function, Nest elements, Nest? initializer = null) => Fold("Foldr", function, elements, initializer, reverse: true);

        /// <summary>As <see cref="Foldr(Func{Nest, Nest, Nest}, Nest, Nest?)"/>, for one tensor.</summary>
        /// <param name="function">From the value so far and an entry to the next value, of the same dtype and shape.</param>
        /// <param name="elements">A tensor of rank 1 or more.</param>
        /// <param name="initializer">The value before the last entry; null takes the last entry itself.</param>
        public static Tensor Foldr(Func<Tensor, Tensor, Tensor> function, Tensor elements, Tensor? initializer = null) => Fold("Foldr", function, elements, initializer, reverse: true);
    }

    /// <summary>The entry with which a loop without a first value begins.</summary>
    internal static Nest Start(string subject, EntryLoop loop) => loop.Count != 0
        ? loop.First()
        : throw new TapestryException(subject, "there are no entries", "a first dimension of 0", "at least one entry", "Give an initializer.");

    static Nest Fold(string subject, Func<Nest, Nest, Nest> function, Nest elements, Nest? initializer, bool reverse)
    {
        var loop = new EntryLoop(subject, elements, (value, entry) => (function(value, entry), EntryLoop.Nothing), reverse);
        if (initializer is not null) return loop.Run(initializer.Map(tensor => Ops.Cast(tensor, tensor.DType))).Carried;
        return loop.Run(Start(subject, loop), 1).Carried;
    }

    static Tensor Fold(string subject, Func<Tensor, Tensor, Tensor> function, Tensor elements, Tensor? initializer, bool reverse) =>
        Fold(subject, (value, entry) => (Nest)function(value.Single(), entry.Single()), (Nest)elements, initializer is null ? null : (Nest)initializer, reverse).Single();
}
