namespace Tapestry.Kernels.Memory;

/// <summary>
/// The owner of a large block of memory. When the last tensor that stands on the block is gone, the collector finalizes the owner
/// and the block goes back to <see cref="BlockPool"/>: nobody disposes anything.
/// </summary>
sealed class PooledBlock
{
    readonly byte[] array;
    readonly int sizeClass;
    bool exposed;

    internal PooledBlock(byte[] array, int sizeClass, int offset)
    {
        this.array = array;
        this.sizeClass = sizeClass;
        Offset = offset;
    }

    ~PooledBlock() => BlockPool.Return(array, sizeClass, reusable: !exposed);

    /// <summary>The pinned array.</summary>
    internal byte[] Array => array;

    /// <summary>Where the first byte on a 64-byte boundary lies.</summary>
    internal int Offset { get; }

    /// <summary>
    /// Notes that a span of this block was handed to a caller of the library. Such a span can outlive the tensor, so the block is left
    /// to the garbage collector instead of being written again by another tensor.
    /// </summary>
    internal void Expose() => exposed = true;
}
