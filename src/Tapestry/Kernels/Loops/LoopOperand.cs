using System.Runtime.CompilerServices;
using Tapestry.Kernels.Simd;

namespace Tapestry.Kernels.Loops;

/// <summary>Where a loop's vectors come from: consecutive elements, or one element for all.</summary>
unsafe interface ILoopOperand<TSelf, V, T>
    where TSelf : struct, ILoopOperand<TSelf, V, T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged
{
    V Load(nint index);

    /// <summary>The operand of a remainder, whose elements are copied into the buffer.</summary>
    TSelf Part(nint index, int count, V* buffer);
}

/// <summary>Consecutive elements.</summary>
readonly unsafe struct ArrayOperand<V, T>(T* source) : ILoopOperand<ArrayOperand<V, T>, V, T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged
{
    readonly T* source = source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Load(nint index) => V.Load(source + index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ArrayOperand<V, T> Part(nint index, int count, V* buffer)
    {
        Unsafe.CopyBlockUnaligned(buffer, source + index, (uint)(count * sizeof(T)));
        return new((T*)buffer);
    }
}

/// <summary>One element for all.</summary>
readonly unsafe struct ScalarOperand<V, T>(T* source) : ILoopOperand<ScalarOperand<V, T>, V, T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged
{
    readonly V value = V.Broadcast(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Load(nint index) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ScalarOperand<V, T> Part(nint index, int count, V* buffer) => this;
}
