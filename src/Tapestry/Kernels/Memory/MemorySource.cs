namespace Tapestry.Kernels.Memory;

/// <summary>
/// Where memory comes from that is not there yet. It is the collector, unless a test puts a source in its place that refuses, or that keeps every value apart from all others by
/// pages which nobody may touch.
/// </summary>
abstract class MemorySource
{
    /// <summary>What a test has put in the place of the collector; null otherwise.</summary>
    internal static MemorySource? Substitute { get; set; }

    /// <summary>The substitute, if it keeps values apart.</summary>
    internal static MemorySource? Apart => Substitute is { KeepsApart: true } source ? source : null;

    /// <summary>Whether <see cref="Take"/> is asked for every single value: then no block is recycled, and the values of a plan share no memory.</summary>
    internal virtual bool KeepsApart => false;

    /// <summary>A new array of undefined content.</summary>
    /// <exception cref="OutOfMemoryException">There is not so much.</exception>
    internal static byte[] Allocate(long bytes, bool isPinned)
    {
        if (bytes > Array.MaxLength) throw TooLong();
        try
        {
            return New((int)bytes, isPinned);
        }
        catch (OutOfMemoryException)
        {
            // What nobody uses any more may suffice; where the heap has a limit, what a collection leaves for objects of one kind has to be given back before those of another can have it.
            BlockPool.Clear();
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            return New((int)bytes, isPinned);
        }
    }

    static OutOfMemoryException TooLong() => new($"An array has at most {Array.MaxLength} bytes.");

    static byte[] New(int bytes, bool isPinned)
    {
        Substitute?.Ask(bytes);
        return GC.AllocateUninitializedArray<byte>(bytes, isPinned);
    }

    /// <summary>Called before an array is made; throws <see cref="OutOfMemoryException"/> to refuse it.</summary>
    internal virtual void Ask(long bytes)
    {
    }

    /// <summary>Memory for one value.</summary>
    internal virtual MemoryPiece Take(long bytes) => throw new NotSupportedException($"{GetType().Name} does not keep values apart.");
}

/// <summary>Memory for one value.</summary>
/// <param name="Array">The array.</param>
/// <param name="Offset">Where the value begins.</param>
/// <param name="Owner">What keeps the memory alive.</param>
readonly record struct MemoryPiece(byte[] Array, int Offset, object? Owner);
