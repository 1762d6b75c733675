using System.Runtime.InteropServices;

namespace Tapestry.Tests.Kernels;

/// <summary>
/// An array between two stretches of a pattern that a kernel must neither change nor use: floating-point guards are NaN, so a value read from them shows.
/// </summary>
sealed class GuardedBuffer<T>
    where T : unmanaged
{
    const int Guard = 80;
    readonly T[] memory;

    internal GuardedBuffer(int length, int misalignment = 0)
    {
        Length = length;
        Offset = Guard + misalignment;
        memory = new T[length + 2 * Guard + misalignment];
        MemoryMarshal.AsBytes(memory.AsSpan()).Fill(0xFF);
        Span.Clear();
    }

    internal int Length { get; }

    internal Span<T> Span => memory.AsSpan(Offset, Length);

    int Offset { get; }

    internal void AssertGuardsUntouched()
    {
        Assert.Equal(-1, MemoryMarshal.AsBytes(memory.AsSpan(0, Offset)).IndexOfAnyExcept((byte)0xFF));
        Assert.Equal(-1, MemoryMarshal.AsBytes(memory.AsSpan(Offset + Length)).IndexOfAnyExcept((byte)0xFF));
    }
}
