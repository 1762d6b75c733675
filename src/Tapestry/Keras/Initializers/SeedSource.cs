namespace Tapestry.Keras;

/// <summary>Draws the seeds of objects that were given none.</summary>
static class SeedSource
{
    static readonly Lock drawing = new();
    static Random source = new();

    /// <summary>A seed in [1, 10⁹].</summary>
    internal static int Draw()
    {
        lock (drawing) return source.Next(1, 1_000_000_001);
    }

    /// <summary>Makes all seeds from now on follow from one.</summary>
    internal static void Start(int seed)
    {
        lock (drawing) source = new Random(seed);
    }
}
