using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tapestry.Kernels.Loops;

/// <summary>Turns blocks of 8 × 8 elements of four bytes within registers.</summary>
static unsafe class BlockTranspose
{
    internal const int Size = 8;

    internal static bool IsSupported => Avx.IsSupported;

    /// <summary>to[r * toRow + c] = from[c * fromColumn + r] for 8 rows and 8 columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Run(float* from, nint fromColumn, float* to, nint toRow)
    {
        var a = Vector256.Load(from);
        var b = Vector256.Load(from + fromColumn);
        var c = Vector256.Load(from + (2 * fromColumn));
        var d = Vector256.Load(from + (3 * fromColumn));
        var e = Vector256.Load(from + (4 * fromColumn));
        var f = Vector256.Load(from + (5 * fromColumn));
        var g = Vector256.Load(from + (6 * fromColumn));
        var h = Vector256.Load(from + (7 * fromColumn));

        // Pairs, then quadruples, then halves.
        var (ab0, ab1) = (Avx.UnpackLow(a, b), Avx.UnpackHigh(a, b));
        var (cd0, cd1) = (Avx.UnpackLow(c, d), Avx.UnpackHigh(c, d));
        var (ef0, ef1) = (Avx.UnpackLow(e, f), Avx.UnpackHigh(e, f));
        var (gh0, gh1) = (Avx.UnpackLow(g, h), Avx.UnpackHigh(g, h));
        var (r0, r1) = (Avx.Shuffle(ab0, cd0, 0x44), Avx.Shuffle(ab0, cd0, 0xEE));
        var (r2, r3) = (Avx.Shuffle(ab1, cd1, 0x44), Avx.Shuffle(ab1, cd1, 0xEE));
        var (s0, s1) = (Avx.Shuffle(ef0, gh0, 0x44), Avx.Shuffle(ef0, gh0, 0xEE));
        var (s2, s3) = (Avx.Shuffle(ef1, gh1, 0x44), Avx.Shuffle(ef1, gh1, 0xEE));
        Avx.Permute2x128(r0, s0, 0x20).Store(to);
        Avx.Permute2x128(r1, s1, 0x20).Store(to + toRow);
        Avx.Permute2x128(r2, s2, 0x20).Store(to + (2 * toRow));
        Avx.Permute2x128(r3, s3, 0x20).Store(to + (3 * toRow));
        Avx.Permute2x128(r0, s0, 0x31).Store(to + (4 * toRow));
        Avx.Permute2x128(r1, s1, 0x31).Store(to + (5 * toRow));
        Avx.Permute2x128(r2, s2, 0x31).Store(to + (6 * toRow));
        Avx.Permute2x128(r3, s3, 0x31).Store(to + (7 * toRow));
    }
}
