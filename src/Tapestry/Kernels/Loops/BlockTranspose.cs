using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tapestry.Kernels.Loops;

/// <summary>Turns blocks of 8 × 8 or 16 × 16 elements of four bytes within registers.</summary>
static unsafe class BlockTranspose
{
    internal const int Size = 8;

    internal static bool IsSupported => Avx.IsSupported;

    /// <summary>to[r * toRow + c] = from[c * fromColumn + r] for 8 rows and 8 columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Run(float* from, nint fromColumn, float* to, nint toRow)
    {
        Turn(from, fromColumn, out var r0, out var r1, out var r2, out var r3, out var r4, out var r5, out var r6, out var r7);
        r0.Store(to);
        r1.Store(to + toRow);
        r2.Store(to + (2 * toRow));
        r3.Store(to + (3 * toRow));
        r4.Store(to + (4 * toRow));
        r5.Store(to + (5 * toRow));
        r6.Store(to + (6 * toRow));
        r7.Store(to + (7 * toRow));
    }

    /// <summary>to[r * toRow + c] = from[c * fromColumn + r] for 8 rows and 16 columns, in aligned lines past the caches; the caller fences.</summary>
    /// <param name="from">The first element.</param>
    /// <param name="fromColumn">Elements between the source's lines.</param>
    /// <param name="to">Where the first element goes.</param>
    /// <param name="toRow">Elements between the destination's lines.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void RunHalfLines(float* from, nint fromColumn, float* to, nint toRow)
    {
        // Both halves of a line one after the other, so that it leaves the processor whole.
        Turn(from, fromColumn, out var a0, out var a1, out var a2, out var a3, out var a4, out var a5, out var a6, out var a7);
        Turn(from + (Size * fromColumn), fromColumn, out var b0, out var b1, out var b2, out var b3, out var b4, out var b5, out var b6, out var b7);
        StoreLine(a0, b0, to);
        StoreLine(a1, b1, to + toRow);
        StoreLine(a2, b2, to + (2 * toRow));
        StoreLine(a3, b3, to + (3 * toRow));
        StoreLine(a4, b4, to + (4 * toRow));
        StoreLine(a5, b5, to + (5 * toRow));
        StoreLine(a6, b6, to + (6 * toRow));
        StoreLine(a7, b7, to + (7 * toRow));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void StoreLine(Vector256<float> left, Vector256<float> right, float* to)
    {
        left.StoreAlignedNonTemporal(to);
        right.StoreAlignedNonTemporal(to + Size);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Turn(float* from, nint fromColumn, out Vector256<float> t0, out Vector256<float> t1, out Vector256<float> t2, out Vector256<float> t3,
        out Vector256<float> t4, out Vector256<float> t5, out Vector256<float> t6, out Vector256<float> t7)
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
        t0 = Avx.Permute2x128(r0, s0, 0x20);
        t1 = Avx.Permute2x128(r1, s1, 0x20);
        t2 = Avx.Permute2x128(r2, s2, 0x20);
        t3 = Avx.Permute2x128(r3, s3, 0x20);
        t4 = Avx.Permute2x128(r0, s0, 0x31);
        t5 = Avx.Permute2x128(r1, s1, 0x31);
        t6 = Avx.Permute2x128(r2, s2, 0x31);
        t7 = Avx.Permute2x128(r3, s3, 0x31);
    }

    /// <summary>Elements along the side of a block whose rows are whole cache lines.</summary>
    internal const int LineSize = 16;

    internal static bool HasLines => Avx512F.IsSupported;

    /// <summary>to[r * toRow + c] = from[c * fromColumn + r] for 16 rows and 16 columns.</summary>
    /// <param name="from">The first element.</param>
    /// <param name="fromColumn">Elements between the source's lines.</param>
    /// <param name="to">Where the first element goes.</param>
    /// <param name="toRow">Elements between the destination's lines.</param>
    /// <param name="passesCaches">Whether aligned lines are written past the caches; the caller fences.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void RunLines(float* from, nint fromColumn, float* to, nint toRow, bool passesCaches)
    {
        Quadruples(from, fromColumn, out var a0, out var a1, out var a2, out var a3);
        Quadruples(from + (4 * fromColumn), fromColumn, out var b0, out var b1, out var b2, out var b3);
        Quadruples(from + (8 * fromColumn), fromColumn, out var c0, out var c1, out var c2, out var c3);
        Quadruples(from + (12 * fromColumn), fromColumn, out var d0, out var d1, out var d2, out var d3);
        Lines(a0, b0, c0, d0, to, toRow, passesCaches);
        Lines(a1, b1, c1, d1, to + toRow, toRow, passesCaches);
        Lines(a2, b2, c2, d2, to + (2 * toRow), toRow, passesCaches);
        Lines(a3, b3, c3, d3, to + (3 * toRow), toRow, passesCaches);
    }

    // Four lines turned within each quarter: result k has in quarter q the elements 4q + k of the four lines.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Quadruples(float* from, nint fromColumn, out Vector512<float> r0, out Vector512<float> r1, out Vector512<float> r2, out Vector512<float> r3)
    {
        Vector512<float> a = Vector512.Load(from), b = Vector512.Load(from + fromColumn), c = Vector512.Load(from + (2 * fromColumn)), d = Vector512.Load(from + (3 * fromColumn));
        var (ab0, ab1) = (Avx512F.UnpackLow(a, b), Avx512F.UnpackHigh(a, b));
        var (cd0, cd1) = (Avx512F.UnpackLow(c, d), Avx512F.UnpackHigh(c, d));
        (r0, r1) = (Avx512F.Shuffle(ab0, cd0, 0x44), Avx512F.Shuffle(ab0, cd0, 0xEE));
        (r2, r3) = (Avx512F.Shuffle(ab1, cd1, 0x44), Avx512F.Shuffle(ab1, cd1, 0xEE));
    }

    // The quarters of four such results make four lines that lie four apart.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Lines(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, float* to, nint toRow, bool passesCaches)
    {
        var (ab0, ab1) = (Avx512F.Shuffle4x128(a, b, 0x88), Avx512F.Shuffle4x128(a, b, 0xDD));
        var (cd0, cd1) = (Avx512F.Shuffle4x128(c, d, 0x88), Avx512F.Shuffle4x128(c, d, 0xDD));
        Store(Avx512F.Shuffle4x128(ab0, cd0, 0x88), to, passesCaches);
        Store(Avx512F.Shuffle4x128(ab1, cd1, 0x88), to + (4 * toRow), passesCaches);
        Store(Avx512F.Shuffle4x128(ab0, cd0, 0xDD), to + (8 * toRow), passesCaches);
        Store(Avx512F.Shuffle4x128(ab1, cd1, 0xDD), to + (12 * toRow), passesCaches);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(Vector512<float> line, float* to, bool passesCaches)
    {
        if (passesCaches) Avx512F.StoreAlignedNonTemporal(to, line);
        else line.Store(to);
    }
}
