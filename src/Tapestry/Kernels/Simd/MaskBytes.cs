using System.Runtime.CompilerServices;

namespace Tapestry.Kernels.Simd;

/// <summary>Turns a bit per lane into a byte per lane.</summary>
static unsafe class MaskBytes
{
    /// <summary>Writes <paramref name="count"/> bytes of 0 or 1 from the low bits, lowest first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Spread(ulong bits, int count, byte* destination)
    {
        if (count >= 8)
        {
            for (var i = 0; i < count; i += 8) *(ulong*)(destination + i) = Eight((byte)(bits >> i));
            return;
        }
        var eight = Eight((byte)bits);
        if (count == 4) *(uint*)destination = (uint)eight;
        else if (count == 2) *(ushort*)destination = (ushort)eight;
        else *destination = (byte)eight;
    }

    // Each byte gets a copy of all eight bits and keeps its own; adding 0x7F then carries any remaining bit into bit 7.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong Eight(byte bits)
        => (((bits * 0x0101010101010101UL & 0x8040201008040201UL) + 0x7F7F7F7F7F7F7F7FUL) >> 7) & 0x0101010101010101UL;
}
