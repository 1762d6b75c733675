using System.Diagnostics;
using Tapestry.Kernels.Threading;

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

/// <summary>Cuts a loop into pieces of a fixed size and shares them out; results never depend on the number of threads.</summary>
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
        var pieces = new Pieces<TBody>(body, count);
        WorkerPool.Run((int)((count + Size - 1) / Size), ref pieces);
    }

    /// <summary>Calls the body for every item; <paramref name="elementsPerItem"/> says how much work one is.</summary>
    public static void RunItems<TBody>(nint items, nint elementsPerItem, ref TBody body) where TBody : struct, IItemBody
    {
        if (items <= 1 || items * elementsPerItem < ParallelThreshold)
        {
            for (nint item = 0; item < items; item++) body.Invoke(item);
            return;
        }
        var perPiece = Math.Max(1, Size / Math.Max(1, elementsPerItem));
        var pieces = new ItemPieces<TBody>(body, items, perPiece);
        WorkerPool.Run((int)((items + perPiece - 1) / perPiece), ref pieces);
    }

    struct Pieces<TBody>(TBody body, nint count) : IParallelBody where TBody : struct, IChunkBody
    {
        TBody body = body;

        public void Invoke(int index)
        {
            var start = (nint)index * Size;
            body.Invoke(start, Math.Min(Size, count - start));
        }
    }

    struct ItemPieces<TBody>(TBody body, nint items, nint perPiece) : IParallelBody where TBody : struct, IItemBody
    {
        TBody body = body;

        public void Invoke(int index)
        {
            var last = Math.Min((index + 1) * perPiece, items);
            for (var item = index * perPiece; item < last; item++) body.Invoke(item);
        }
    }
}
