using Tapestry.Kernels.Simd;

namespace Tapestry.Kernels.Loops;

/// <summary>Writes out a stretch of a broadcast operand, widened to the type it is computed in.</summary>
static unsafe class BroadcastTile
{
    public static void Fill<T, TWide>(in BroadcastPlan plan, int operand, T* source, nint start, int count, TWide* tile)
        where T : unmanaged
        where TWide : unmanaged
    {
        var walk = new BroadcastWalk(plan, start);
        var advances = plan.Advances(operand);
        for (var filled = 0; filled < count;)
        {
            var run = (int)Math.Min(walk.Rest(plan), count - filled);
            var from = source + walk.Offset(operand);
            if (!advances) new Span<TWide>(tile + filled, run).Fill(NarrowElements.Widen<T, TWide>(*from));
            else if (run < 16) for (var i = 0; i < run; i++) tile[filled + i] = NarrowElements.Widen<T, TWide>(from[i]);
            else NarrowElements.Widen(from, tile + filled, run);
            walk.Advance(plan, run);
            filled += run;
        }
    }
}
