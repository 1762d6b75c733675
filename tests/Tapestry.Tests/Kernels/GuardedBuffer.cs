using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tapestry.Kernels.Memory;
using Tapestry.Tests.Contracts.GuardPages;

namespace Tapestry.Tests.Kernels;

/// <summary>
/// An array between two stretches of a pattern that a kernel must neither change nor use: floating-point guards are NaN, so a value read from them shows. In a process whose memory is
/// guarded it lies between pages that cannot be touched at all.
/// </summary>
sealed class GuardedBuffer<T>
    where T : unmanaged
{
    const int Guard = 80;
    readonly T[]? memory;
    readonly MemoryPiece piece;
    readonly int offset;

    internal GuardedBuffer(int length, int misalignment = 0)
    {
        Length = length;
        offset = Guard + misalignment;
        if (GuardedMemory.Current is { } guarded)
        {
            piece = guarded.Take((long)length * Unsafe.SizeOf<T>());
        }
        else
        {
            memory = new T[length + 2 * Guard + misalignment];
            MemoryMarshal.AsBytes(memory.AsSpan()).Fill(0xFF);
        }

        Span.Clear();
    }

    internal int Length { get; }

    internal Span<T> Span => memory is null ? MemoryMarshal.Cast<byte, T>(piece.Array.AsSpan(piece.Offset, Length * Unsafe.SizeOf<T>())) : memory.AsSpan(offset, Length);

    internal void AssertGuardsUntouched()
    {
        if (memory is null)
        {
            Assert.True(GuardedMemory.Current!.IsUntouchedAround(piece, Length * Unsafe.SizeOf<T>()));
            return;
        }

        Assert.Equal(-1, MemoryMarshal.AsBytes(memory.AsSpan(0, offset)).IndexOfAnyExcept((byte)0xFF));
        Assert.Equal(-1, MemoryMarshal.AsBytes(memory.AsSpan(offset + Length)).IndexOfAnyExcept((byte)0xFF));
    }
}
