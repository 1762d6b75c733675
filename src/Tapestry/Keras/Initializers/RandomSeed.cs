namespace Tapestry.Keras;

/// <summary>The seed from which all objects without a seed of their own draw theirs.</summary>
public static class RandomSeed
{
    /// <summary>Makes initial weights, dropout and everything else random repeat from run to run. Source: <c>keras.utils.set_random_seed</c>.</summary>
    /// <param name="seed">Any number.</param>
    public static void Set(int seed)
    {
        SeedSource.Start(seed);
        RandomState.Start(seed);
    }
}
