namespace Tapestry;

/// <summary>
/// The source of random numbers for everything that is given no seed: a variable, so that compiled functions draw new numbers at each call.
/// </summary>
static class RandomState
{
    static readonly Lock creating = new();
    static Variable? state;

    /// <summary>The seed of the next draw, two int64 numbers; moves on by one.</summary>
    internal static Tensor Next()
    {
        var variable = State();
        var seed = variable.Value;
        variable.AssignAdd(TensorFactory.FromSpan<long>([0, 1], [2]));
        return seed;
    }

    /// <summary>Makes the numbers from now on follow from a seed.</summary>
    internal static void Start(int seed)
    {
        var variable = State();
        using (Scopes.Current.Enter(null)) variable.Assign(TensorFactory.FromSpan<long>([seed, 0], [2]));
    }

    static Variable State()
    {
        lock (creating)
        {
            if (state is not null) return state;
            using (Scopes.Current.Enter(null)) return state = new Variable(TensorFactory.FromSpan<long>([Random.Shared.Next(), 0], [2]), trainable: false, "random_state");
        }
    }
}
