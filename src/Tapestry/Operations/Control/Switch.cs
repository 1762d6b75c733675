namespace Tapestry;

/// <summary>One of several programs, by a number that is brought into range.</summary>
public static class SwitchEntry
{
    extension(Ops)
    {
        /// <summary>
        /// One of several programs, chosen by number; numbers below 0 take the first, those beyond the end the last. Source: <c>keras.ops.switch</c>. Where numbers outside
        /// have a program of their own, use <c>SwitchCase</c>.
        /// </summary>
        /// <param name="index">An integer scalar.</param>
        /// <param name="branches">The programs, at least one.</param>
        /// <exception cref="TapestryException">There are no branches.</exception>
        public static Tensor Switch(Tensor index, IReadOnlyList<Func<Tensor>> branches)
        {
            if (branches.Count == 0) throw new TapestryException("Switch", "there are no branches", expected: "at least one");
            return Ops.SwitchCase(Ops.Minimum(Ops.Maximum(index, 0), branches.Count - 1), branches);
        }
    }
}
