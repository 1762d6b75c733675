using System.Diagnostics;

namespace Tapestry.Kernels.Loops;

/// <summary>A piece of a loop over elements [start, start + count).</summary>
interface IChunkBody
{
    void Invoke(nint start, nint count);
}

/// <summary>One of several independent items of work.</summary>
interface IItemBody
{
    void Invoke(nint item);
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
        Debug.Assert(count >= 0, "A loop has no negative length.");
        if (count == 0) return;
        if (count < ParallelThreshold)
        {
            body.Invoke(0, count);
            return;
        }
        for (nint start = 0; start < count; start += Size) body.Invoke(start, Math.Min(Size, count - start));
    }

    /// <summary>Calls the body for every item; <paramref name="elementsPerItem"/> says how much work one is.</summary>
    public static void RunItems<TBody>(nint items, nint elementsPerItem, ref TBody body) where TBody : struct, IItemBody
    {
        for (nint item = 0; item < items; item++) body.Invoke(item);
    }
}
