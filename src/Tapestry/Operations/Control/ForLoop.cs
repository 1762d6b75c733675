namespace Tapestry;

/// <summary>Loops over a range of numbers.</summary>
public static class ForLoopEntry
{
    extension(Ops)
    {
        /// <summary>The values after value = body(i, value) for each i from <paramref name="lower"/> to below <paramref name="upper"/>. Source: <c>keras.ops.fori_loop</c>.</summary>
        /// <param name="lower">The first number: an integer scalar.</param>
        /// <param name="upper">The number behind the last: an integer scalar.</param>
        /// <param name="body">From a number and the values so far to the next, in the same structure, dtypes and shapes.</param>
        /// <param name="initial">The values before the first number.</param>
        public static Nest ForLoop(Tensor lower, Tensor upper, Func<Tensor, Nest, Nest> body, Nest initial)
        {
            Promotion.Unify(ref lower, ref upper);
            return Ops.WhileLoop(state => Ops.Less(state[0].Single(), upper), state => Nest.List([state[0].Single() + 1, body(state[0].Single(), state[1])]), Nest.List([lower, initial]))[1];
        }

        /// <summary>The value after value = body(i, value) for each i from <paramref name="lower"/> to below <paramref name="upper"/>.</summary>
        /// <param name="lower">The first number: an integer scalar.</param>
        /// <param name="upper">The number behind the last: an integer scalar.</param>
        /// <param name="body">From a number and the value so far to the next, of the same dtype and shape.</param>
        /// <param name="initial">The value before the first number.</param>
        /// <example>
        /// <code>
        /// Console.WriteLine(Ops.ForLoop(1, 5, (i, product) => product * i, 1).Item&lt;int>());
        /// </code>
        /// <code kind="output">
        /// 24
        /// </code>
        /// </example>
        public static Tensor ForLoop(Tensor lower, Tensor upper, Func<Tensor, Tensor, Tensor> body, Tensor initial) =>
            Ops.ForLoop(lower, upper, (i, value) => (Nest)body(i, value.Single()), (Nest)Promotion.To(initial, initial.DType)).Single();
    }
}
