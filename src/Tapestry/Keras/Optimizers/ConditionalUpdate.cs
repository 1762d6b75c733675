namespace Tapestry.Keras.Optimizers;

/// <summary>
/// Assignments that take place only if a condition holds. Where its value is not known yet, everything is computed and the outcome chosen, so that one
/// trace serves both cases.
/// </summary>
static class ConditionalUpdate
{
    /// <summary>Runs assignments if the condition holds.</summary>
    /// <param name="condition">A truth value.</param>
    /// <param name="touched">All variables that may be assigned.</param>
    /// <param name="update">The assignments.</param>
    internal static void Run(Tensor condition, IReadOnlyList<Variable> touched, Action update)
    {
        if (!condition.IsSymbolic)
        {
            if ((bool)condition) update();
            return;
        }

        var before = touched.Select(variable => variable.Read(observed: false)).ToArray();
        update();
        for (var i = 0; i < before.Length; i++)
        {
            var after = touched[i].Read(observed: false);
            if (!ReferenceEquals(before[i], after)) touched[i].Assign(Ops.Where(condition, after, before[i]));
        }
    }

    /// <summary>One of two values.</summary>
    internal static Tensor Choose(Tensor condition, Func<Tensor> whenTrue, Func<Tensor> whenFalse) =>
        condition.IsSymbolic ? Ops.Where(condition, whenTrue(), whenFalse()) : (bool)condition ? whenTrue() : whenFalse();
}
