using System.Numerics;
using System.Runtime.InteropServices;
using Tapestry.Kernels.Memory;

namespace Tapestry.Tests.Contracts.GuardPages;

/// <summary>
/// Gives every value pages of its own between pages that nobody may touch. The value ends, or begins, where its pages do, and what is left of them holds a pattern that reads as NaN. A reading or
/// writing outside ends the process at once, with the stack of the one who did it.
/// </summary>
/// <remarks>All pages lie in one pinned array, so that tensors stand on them as on any other: the collector does not look into an array of bytes.</remarks>
sealed unsafe class GuardedMemory : MemorySource
{
    // Every piece is two stretches of pages of different rights, and the system allows a process 65,530.
    const int MostPieces = 30_000;
    const int Size = 1 << 30;

    // Pieces whose tensors are dead come back when the collector has seen that.
    const int PiecesBetweenCollections = 2_000;

    static readonly int Page = Environment.SystemPageSize;

    readonly byte[] array = GC.AllocateUninitializedArray<byte>(Size, pinned: true);
    readonly Dictionary<int, Queue<int>> returned = [];
    readonly Lock changing = new();
    readonly byte* start;
    int used;
    int pieces;
    int piecesSinceCollection;

    /// <summary>Creates the memory.</summary>
    internal GuardedMemory()
    {
        start = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(array, 0);
        used = (int)(-(nint)start & (Page - 1));
        Forbid(start + used);
        used += Page;
    }

    /// <summary>The memory that this process works with, if it is guarded.</summary>
    internal static GuardedMemory? Current => Substitute as GuardedMemory;

    /// <summary>Whether values end at the page behind them; else they begin at the page before them.</summary>
    internal bool EndsAtGuard { get; set; } = true;

    internal override bool KeepsApart => true;

    internal override MemoryPiece Take(long bytes)
    {
        var (first, pages) = Find(Rounded(checked((int)((Math.Max(bytes, 1) + Page - 1) / Page))));
        var offset = EndsAtGuard ? first + (pages * Page) - (int)bytes : first;
        array.AsSpan(first, pages * Page).Fill(0xFF);
        return new MemoryPiece(array, offset, new Owner(this, pages, first));
    }

    /// <summary>Whether what is left of the pages of a piece still holds the pattern.</summary>
    internal bool IsUntouchedAround(in MemoryPiece piece, int bytes)
    {
        var owner = (Owner)piece.Owner!;
        var end = piece.Offset + bytes;
        return !array.AsSpan(owner.First..piece.Offset).ContainsAnyExcept((byte)0xFF) && !array.AsSpan(end..(owner.First + (owner.Pages * Page))).ContainsAnyExcept((byte)0xFF);
    }

    // Four sizes per power of two, so that pieces serve again.
    static int Rounded(int pages)
    {
        var step = Math.Max(1, (1 << BitOperations.Log2((uint)pages)) / 4);
        return (pages + step - 1) / step * step;
    }

    (int First, int Pages) Find(int pages)
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            lock (changing)
            {
                // Those that were used last are taken last, as a span may outlive its tensor.
                if (returned.TryGetValue(pages, out var queue) && queue.Count > 0) return (queue.Dequeue(), pages);
                if (piecesSinceCollection < PiecesBetweenCollections && pieces < MostPieces && used + ((pages + 1L) * Page) <= Size - Page)
                {
                    var first = used;
                    used += (pages + 1) * Page;
                    pieces++;
                    piecesSinceCollection++;
                    Forbid(start + used - Page);
                    return (first, pages);
                }

                if (attempt > 0 && returned.Where(size => size.Key > pages && size.Value.Count > 0).OrderBy(size => size.Key).FirstOrDefault() is { Value: { } larger } found) return (larger.Dequeue(), found.Key);
            }

            GC.Collect();
            GC.WaitForPendingFinalizers();
            piecesSinceCollection = 0;
        }

        throw new OutOfMemoryException($"The guarded memory of {Size} bytes has no {pages} pages left; {pieces} pieces are out.");
    }

    void Return(int pages, int first)
    {
        lock (changing)
        {
            if (!returned.TryGetValue(pages, out var queue)) returned.Add(pages, queue = new Queue<int>());
            queue.Enqueue(first);
        }
    }

    static void Forbid(byte* page)
    {
        if (Protect(page, (nuint)Page, 0) != 0) throw new InvalidOperationException($"mprotect failed with error {Marshal.GetLastPInvokeError()}.");
    }

    [DllImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    static extern int Protect(void* address, nuint length, int rights);

    sealed class Owner(GuardedMemory memory, int pages, int first)
    {
        ~Owner() => memory.Return(pages, first);

        internal int Pages => pages;

        internal int First => first;
    }
}
