using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Tapestry.Kernels.Gemm;

/// <summary>A block of memory that will be read soon, and is asked for in equal parts while something else is computed.</summary>
readonly unsafe struct FetchAhead(byte* start, nint stride, int rows, int bytes, int parts)
{
    const int Line = 64;

    readonly int share = (rows + parts - 1) / parts;

    internal bool IsEmpty => rows == 0;

    /// <summary>Asks for part number <paramref name="part"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Ask(int part)
    {
        if (!Sse.IsSupported)
            return;
        for (int row = part * share, end = Math.Min(rows, row + share); row < end; row++)
        {
            byte* line = start + row * stride;
            for (nint done = 0; done < bytes; done += Line)
                Sse.Prefetch1(line + done);
        }
    }
}
