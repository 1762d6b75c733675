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
