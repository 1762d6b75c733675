using System.Collections.Concurrent;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tapestry.Kernels.Memory;

/// <summary>
/// Recycles large blocks. A fresh array of some megabytes costs ten times its use, because the system has to provide and clear its
/// pages; a block that a dead tensor left behind costs nothing.
/// </summary>
/// <remarks>
/// Blocks are pinned, 64-byte aligned managed arrays, so the collector knows their size. A block returns when the finalizer of its
/// <see cref="PooledBlock"/> runs. Because recycled memory is invisible to the collector's own pacing, a miss asks for a quick
/// collection once enough bytes were handed out since the last one.
/// </remarks>
static class BlockPool
{
    /// <summary>Tensors below this size are plain arrays: the collector's young generation is faster than any pool.</summary>
    internal const int Threshold = 32 * 1024;

    const int Alignment = 64;
    const long SmallestBudget = 32L << 20;

    // What a collection costs does not grow with the weights that stay, but fresh pages for what they let lie do.
    const long LargestBudget = 64L << 20;

    // A finalizer of the application may block the thread that runs them all.
    static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(50);

    static readonly ConcurrentStack<byte[]>[] Free = [.. Enumerable.Range(0, 128).Select(_ => new ConcurrentStack<byte[]>())];
    static readonly Lock Collecting = new();
    static long rentedSinceCollection;
    static long inUse;
    static long idle;
    static int lastFullCollection;
    static long collections;
    static long lastMark;

    /// <summary>Bytes that tensors hold at this moment.</summary>
    internal static long BytesInUse => Volatile.Read(ref inUse);

    /// <summary>A block of at least <paramref name="bytes"/> bytes with undefined content.</summary>
    internal static PooledBlock Rent(long bytes)
    {
        var sizeClass = SizeClass(bytes, out var capacity);
        if (!Free[sizeClass].TryPop(out var array))
        {
            array = Collect(capacity) && Free[sizeClass].TryPop(out var returned) ? returned : MemorySource.Allocate(capacity + Alignment, isPinned: true);
        }
        else
        {
            Interlocked.Add(ref idle, -array.Length);
        }

        Interlocked.Add(ref inUse, array.Length);
        Interlocked.Add(ref rentedSinceCollection, array.Length);
        return new PooledBlock(array, sizeClass, AlignedOffset(array));
    }

    /// <summary>Called by the finalizer of the owner.</summary>
    internal static void Return(byte[] array, int sizeClass, bool reusable)
    {
        Interlocked.Add(ref inUse, -array.Length);
        if (!reusable) return;
        Free[sizeClass].Push(array);
        Interlocked.Add(ref idle, array.Length);
    }

    /// <summary>The first offset of a pinned array at which a 64-byte boundary lies.</summary>
    internal static unsafe int AlignedOffset(byte[] array)
    {
        var address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array));
        return (int)(-address & (Alignment - 1));
    }

    /// <summary>Eight classes per power of two, so that at most an eighth of a block is wasted.</summary>
    internal static int SizeClass(long bytes, out int capacity)
    {
        if (bytes > Array.MaxLength - Alignment) throw new OutOfMemoryException($"The largest block has {Array.MaxLength - Alignment} bytes.");
        var power = Math.Max(BitOperations.Log2((uint)Math.Max(bytes - 1, 1)), 15);
        var step = 1L << (power - 3);
        var rounded = (bytes + step - 1) / step * step;
        capacity = (int)Math.Min(rounded, Array.MaxLength - Alignment);
        return (power - 15) * 8 + (int)Math.Clamp((rounded - (1L << power)) / step - 1, 0, 7);
    }

    static bool Collect(int wanted)
    {
        var budget = Math.Clamp(Volatile.Read(ref inUse) / 2, SmallestBudget, LargestBudget);
        if (Volatile.Read(ref rentedSinceCollection) + wanted < budget) return false;
        lock (Collecting)
        {
            var rented = Volatile.Read(ref rentedSinceCollection);
            if (rented + wanted < budget) return true;
            Volatile.Write(ref rentedSinceCollection, 0);
            DropIdleBlocks();
            var before = Volatile.Read(ref inUse);
            var collection = ++collections;
            LeaveMark(collection);
            GC.Collect(1, GCCollectionMode.Forced, blocking: true);

            // The finalizer thread returns the blocks in some microseconds, or later on a busy machine: not to wait then would let the pool grow by a block each time.
            // It comes to the mark last, also when there was nothing to return.
            var start = Stopwatch.GetTimestamp();
            var wait = new SpinWait();
            while (Volatile.Read(ref inUse) > before - rented / 2 && Volatile.Read(ref lastMark) < collection && Stopwatch.GetElapsedTime(start) < LongestWait)
                wait.SpinOnce(sleep1Threshold: -1);
        }

        return true;
    }

    /// <summary>Leaves an object that nobody holds; it is finalized behind the blocks.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void LeaveMark(long collection) => _ = new Mark(collection);

    /// <summary>After a full collection, blocks that nobody took since are given back to the system.</summary>
    static void DropIdleBlocks()
    {
        var full = GC.CollectionCount(2);
        if (full == lastFullCollection) return;
        lastFullCollection = full;
        if (Volatile.Read(ref idle) > Math.Max(SmallestBudget, 2 * Volatile.Read(ref inUse))) Clear();
    }

    /// <summary>Gives all idle blocks back to the system.</summary>
    internal static void Clear()
    {
        foreach (var stack in Free)
        {
            while (stack.TryPop(out var array)) Interlocked.Add(ref idle, -array.Length);
        }
    }

    sealed class Mark(long collection)
    {
        ~Mark() => Volatile.Write(ref lastMark, collection);
    }
}
