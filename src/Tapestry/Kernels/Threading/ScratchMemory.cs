using Tapestry.Kernels.Memory;

namespace Tapestry.Kernels.Threading;

/// <summary>
/// Scratch memory of kernels, one block per thread and purpose, 64-byte aligned. It grows to the largest request and stays, so that a repeated
/// call allocates nothing; the collector frees it with the thread.
/// </summary>
static unsafe class ScratchMemory
{
    const int Alignment = 64;

    /// <summary>What a block is for; blocks of different purposes may be in use together.</summary>
    internal enum Purpose
    {
        /// <summary>What a thread has packed of the right operand.</summary>
        Right,

        /// <summary>One thread's packed block of the left operand.</summary>
        Left,

        /// <summary>A left operand in another form: widened, transposed or gathered.</summary>
        ConvertedLeft,

        /// <summary>A right operand in another form.</summary>
        ConvertedRight,

        /// <summary>A result before it is narrowed.</summary>
        Result,

        /// <summary>Sums of parts of k.</summary>
        PartialSums,

        /// <summary>The blocks of an attention.</summary>
        Attention,

        /// <summary>What a sort works on.</summary>
        Keys,

        /// <summary>Where a sort moves it to and fro.</summary>
        OtherKeys,

        /// <summary>Order of a sorted row for those who need it only in between.</summary>
        Order,

        /// <summary>The values of an interpreted program.</summary>
        Tiles,

        /// <summary>What the stages of a fused program hand on.</summary>
        Stages,

        /// <summary>Sums over rows that belong to one thread.</summary>
        Columns,

        /// <summary>Sums of rows that belong to one place.</summary>
        RowSums,

        /// <summary>Sums over rows of all threads.</summary>
        ColumnParts,

        /// <summary>What comes before each block of a cumulative combination.</summary>
        ScanCarries,
    }

    [ThreadStatic]
    static Block[]? blocks;

    /// <summary>At least <paramref name="count"/> elements of this thread's block; the former content is undefined.</summary>
    internal static T* Get<T>(Purpose purpose, long count)
        where T : unmanaged
    {
        long bytes = count * sizeof(T);
        Block[] own = blocks ??= new Block[(int)Purpose.ScanCarries + 1];
        ref Block block = ref own[(int)purpose];
        if (block.Bytes < bytes || MemorySource.Apart is not null)
            block = Grown(purpose, block.Bytes, bytes);
        return (T*)block.Start;
    }

    static Block Grown(Purpose purpose, long present, long bytes)
    {
        if (MemorySource.Apart is { } source)
            return new Block(source.Take(AlignUp(bytes)), AlignUp(bytes));
        try
        {
            return new Block(Math.Max(bytes, Math.Min(present * 2, 1L << 26)));
        }
        catch (OutOfMemoryException exception)
        {
            throw new OutOfMemoryException($"scratch memory \"{purpose}\" of {bytes} bytes", exception);
        }
    }

    static nint AlignUp(long place) => (nint)((place + Alignment - 1) & -Alignment);

    readonly struct Block
    {
        // Kept so that the memory lives as long as the pointer.
        readonly MemoryPiece memory;

        internal Block(long bytes)
            : this(new MemoryPiece(MemorySource.Allocate(bytes + Alignment, isPinned: true), 0, null), bytes)
        {
        }

        internal Block(MemoryPiece piece, long bytes)
        {
            Bytes = bytes;
            memory = piece;
            Start = (void*)AlignUp(System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(piece.Array, piece.Offset));
        }

        internal void* Start { get; }

        internal long Bytes { get; }
    }
}
