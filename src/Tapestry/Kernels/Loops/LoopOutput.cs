using System.Runtime.CompilerServices;
using Tapestry.Kernels.Simd;

namespace Tapestry.Kernels.Loops;

/// <summary>Where a loop's vectors go: to elements of the same type, or, for masks, to bytes.</summary>
unsafe interface ILoopOutput
{
    /// <summary>Bytes per element of the destination.</summary>
    static abstract int ElementSize<T>() where T : unmanaged;

    static abstract void Store<V, T>(V value, byte* destination, nint index)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged;
}

/// <summary>Stores the values.</summary>
readonly unsafe struct ValueOutput : ILoopOutput
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ElementSize<T>() where T : unmanaged => sizeof(T);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<V, T>(V value, byte* destination, nint index)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged
        => V.Store(value, (T*)destination + index);
}

/// <summary>
/// Stores values past the caches. A result that is larger than the caches would only drive out what is needed again, and each of its lines would be read
/// from memory before it is written.
/// </summary>
readonly unsafe struct StreamOutput : ILoopOutput
{
    /// <summary>The smallest result that is worth it: more than a processor's share of the last cache level.</summary>
    internal const long LeastBytes = 32L << 20;

    /// <summary>Whether a result is large enough, begins at a cache line, and is not narrowed from elsewhere.</summary>
    internal static bool Suits<T>(T* destination, long count)
        where T : unmanaged =>
        count * sizeof(T) >= LeastBytes && (nint)destination % RestMask.UnitBytes == 0 && typeof(T) != typeof(Half) && typeof(T) != typeof(BFloat16) && typeof(T) != typeof(Complex64);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ElementSize<T>() where T : unmanaged => sizeof(T);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<V, T>(V value, byte* destination, nint index)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged
        => V.StoreStreaming(value, (T*)destination + index);
}

/// <summary>Stores a mask as bytes of 0 and 1.</summary>
readonly unsafe struct MaskOutput : ILoopOutput
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ElementSize<T>() where T : unmanaged => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<V, T>(V value, byte* destination, nint index)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged
        => V.StoreMask(value, destination + index);
}
