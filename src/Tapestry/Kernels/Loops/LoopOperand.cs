using System.Runtime.CompilerServices;
using Tapestry.Kernels.Simd;

namespace Tapestry.Kernels.Loops;

/// <summary>Where a loop's vectors come from: consecutive elements, or one element for all.</summary>
unsafe interface ILoopOperand<V, T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged
{
    V Load(nint index);

    V LoadPart(nint index, int count);
}

/// <summary>Consecutive elements.</summary>
readonly unsafe struct ArrayOperand<V, T>(T* source) : ILoopOperand<V, T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged
{
    readonly T* source = source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Load(nint index) => V.Load(source + index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V LoadPart(nint index, int count)
    {
        V part = default;
        Unsafe.CopyBlockUnaligned(&part, source + index, (uint)(count * sizeof(T)));
        return part;
    }
}

/// <summary>One element for all.</summary>
readonly unsafe struct ScalarOperand<V, T>(T* source) : ILoopOperand<V, T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged
{
    readonly V value = V.Broadcast(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Load(nint index) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V LoadPart(nint index, int count) => value;
}
