using System.Diagnostics;

namespace Tapestry.Kernels.Loops;

/// <summary>A piece of a loop over elements [start, start + count).</summary>
interface IChunkBody
{
    void Invoke(nint start, nint count);
}

/// <summary>Cuts a loop into pieces of a fixed size, so that results never depend on the number of threads.</summary>
static class LoopChunks
{
    /// <summary>Elements of one piece.</summary>
    public const int Size = 16 * 1024;

    /// <summary>Loops shorter than this are not worth sharing.</summary>
    public const int ParallelThreshold = 2 * Size;

    public static void Run<TBody>(nint count, ref TBody body) where TBody : struct, IChunkBody
    {
        Debug.Assert(count >= 0);
        if (count == 0) return;
        if (count < ParallelThreshold)
        {
            body.Invoke(0, count);
            return;
        }
        for (nint start = 0; start < count; start += Size) body.Invoke(start, Math.Min(Size, count - start));
    }
}
