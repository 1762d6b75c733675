namespace Tapestry.Kernels.Simd;

/// <summary>A vector that meets memory: what the loops need beyond <see cref="IVec{V}"/>.</summary>
unsafe interface ILanes<V, T> : IVec<V>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged
{
    /// <summary>Lanes per vector.</summary>
    static abstract int Count { get; }

    /// <summary>All lanes hold <paramref name="value"/>.</summary>
    static abstract V Broadcast(T value);

    /// <summary>Reads <see cref="Count"/> elements; no alignment is needed.</summary>
    static abstract V Load(T* source);

    /// <summary>Writes all lanes.</summary>
    static abstract void Store(V value, T* destination);

    /// <summary>Writes all lanes past the caches, to a place that is a multiple of the vector's size. Other threads see it after a memory barrier.</summary>
    static abstract void StoreStreaming(V value, T* destination);

    /// <summary>Writes one byte per lane: 1 where the mask is set, 0 elsewhere.</summary>
    static abstract void StoreMask(V mask, byte* destination);

    /// <summary>Reads one byte per lane: the mask is set where the byte is not 0.</summary>
    static abstract V LoadMask(byte* source);

    /// <summary>The lanes that begin so many bytes behind the first, in front; what is behind them is undefined. The bytes are half a vector, a quarter, and so on down to a lane.</summary>
    static abstract V Upper(V value, int bytes);
}
