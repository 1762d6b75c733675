using Tapestry.Keras.Configuration;

namespace Tapestry.Keras.Layers;

/// <summary>What low-rank adaptations of layers have in common.</summary>
static class LowRank
{
    /// <summary>The alpha that Keras 3.15 ends up with: building a layer enables its adaptation by the rank alone, and alpha becomes the rank.</summary>
    /// <param name="layer">The layer, for the warning.</param>
    /// <param name="rank">The rank, or null.</param>
    /// <param name="alpha">The alpha that was given, or null.</param>
    internal static int? Alpha(string layer, int? rank, int? alpha)
    {
        if (rank is not null && alpha is not null && alpha != rank) Warning.Once($"{layer}: loraAlpha {alpha} has no effect, as in Keras 3.15, which puts loraRank ({rank}) in its place when the layer is built. Scale the initializer or the learning rate instead.");
        return rank;
    }
}
