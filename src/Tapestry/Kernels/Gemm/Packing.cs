using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Tapestry.Kernels.Gemm;

/// <summary>Copies of matrix blocks into the order in which the micro-kernel reads them.</summary>
static unsafe class Packing
{
    const int PrefetchRows = 16;

    /// <summary>destination[p·width + j] = source[p·stride + j] for j &lt; columns, 0 up to the width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void CopyRows<T>(T* source, nint stride, int steps, int columns, T* destination, int width)
        where T : unmanaged
    {
        Debug.Assert(columns <= width, "A panel is at least as wide as its content.");
        nint bytes = (nint)columns * sizeof(T), step = stride * sizeof(T), panel = (nint)width * sizeof(T);
        byte* from = (byte*)source, to = (byte*)destination;
        if (columns == width && bytes == 128)
        {
            for (; steps > 0; steps--, from += step, to += 128)
            {
                // Rows lie too far apart for the processor to foresee the next ones.
                if (Sse.IsSupported)
                {
                    Sse.Prefetch0(from + PrefetchRows * step);
                    Sse.Prefetch0(from + PrefetchRows * step + 64);
                }

                if (Vector512.IsHardwareAccelerated)
                {
                    Vector512<byte> x = Vector512.Load(from), y = Vector512.Load(from + 64);
                    x.Store(to);
                    y.Store(to + 64);
                }
                else
                {
                    Vector256<byte> x = Vector256.Load(from), y = Vector256.Load(from + 32), z = Vector256.Load(from + 64), w = Vector256.Load(from + 96);
                    x.Store(to);
                    y.Store(to + 32);
                    z.Store(to + 64);
                    w.Store(to + 96);
                }
            }

            return;
        }

        if (columns == width && bytes == 64)
        {
            for (; steps > 0; steps--, from += step, to += 64)
            {
                if (Sse.IsSupported)
                    Sse.Prefetch0(from + PrefetchRows * step);
                Vector256<byte> x = Vector256.Load(from), y = Vector256.Load(from + 32);
                x.Store(to);
                y.Store(to + 32);
            }

            return;
        }

        if (columns == width && bytes == 48)
        {
            for (; steps > 0; steps--, from += step, to += 48)
            {
                Vector256<byte> x = Vector256.Load(from);
                Vector128<byte> y = Vector128.Load(from + 32);
                x.Store(to);
                y.Store(to + 32);
            }

            return;
        }

        if (columns == width && bytes == 24 && step >= 24)
        {
            for (; steps > 0; steps--, from += step, to += 24)
            {
                Vector128<byte> x = Vector128.Load(from);
                long y = *(long*)(from + 16);
                x.Store(to);
                *(long*)(to + 16) = y;
            }

            return;
        }

        for (; steps > 0; steps--, from += step, to += panel)
        {
            CopyRow(from, bytes, to, sizeof(T));
            for (nint done = bytes; done < panel; done += sizeof(T))
                *(T*)(to + done) = default;
        }
    }

    /// <summary>destination[p·width + i] = source[i·rowStride + p·stepStride] for i &lt; rows, 0 up to the width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Transpose<T>(T* source, nint rowStride, nint stepStride, int rows, int steps, T* destination, int width)
        where T : unmanaged
    {
        Debug.Assert(rows <= width, "A panel is at least as wide as its content.");
        int i = 0;
        if (stepStride == 1 && sizeof(T) == 4 && rows == 6 && width == 6 && Sse.IsSupported)
        {
            TransposeSixRows((float*)source, rowStride, steps, (float*)destination);
            return;
        }

        if (stepStride == 1 && sizeof(T) == 4 && Vector128.IsHardwareAccelerated && rows >= 4)
        {
            // The last group of four overlaps the one before it rather than leaving rows over.
            for (; i < rows; i += 4)
            {
                int first = Math.Min(i, rows - 4);
                float* r0 = (float*)source + first * rowStride, r1 = r0 + rowStride, r2 = r1 + rowStride, r3 = r2 + rowStride;
                TransposeFourRows(r0, r1, r2, r3, steps, (float*)destination + first, width, rows * rowStride);
            }

            i = rows;
        }

        for (; i < rows; i++)
        {
            T* from = source + i * rowStride, to = destination + i;
            for (int p = 0; p < steps; p++)
            {
                *to = *from;
                from += stepStride;
                to += width;
            }
        }

        for (; i < width; i++)
        {
            T* to = destination + i;
            for (int p = 0; p < steps; p++, to += width)
                *to = default;
        }
    }

    /// <summary>destination[p·rows + i] = sources[i][p]: rows that lie at unrelated places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void TransposePointers<T>(T** sources, int rows, int steps, T* destination)
        where T : unmanaged
    {
        int i = 0;
        if (sizeof(T) == 4 && Vector128.IsHardwareAccelerated && rows >= 4)
        {
            for (; i < rows; i += 4)
            {
                int first = Math.Min(i, rows - 4);
                TransposeFourRows((float*)sources[first], (float*)sources[first + 1], (float*)sources[first + 2], (float*)sources[first + 3], steps, (float*)destination + first, rows, 0);
            }

            return;
        }

        for (; i < rows; i++)
        {
            T* from = sources[i], to = destination + i;
            for (int p = 0; p < steps; p++, to += rows)
                *to = from[p];
        }
    }

    /// <summary>destination[p·destinationStride + j] = source[p·stride + j] for j &lt; columns; other elements stay.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void CopyBlock<T>(T* source, nint stride, int steps, int columns, T* destination, nint destinationStride)
        where T : unmanaged
    {
        if (columns == destinationStride)
        {
            CopyRows(source, stride, steps, columns, destination, columns);
            return;
        }

        nint bytes = (nint)columns * sizeof(T);
        for (; steps > 0; steps--, source += stride, destination += destinationStride)
            CopyRow((byte*)source, bytes, (byte*)destination, sizeof(T));
    }

    /// <summary>Copies one row; overlapping vectors do any length of at least one vector without a scalar tail.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void CopyRow(byte* from, nint bytes, byte* to, int element)
    {
        if (bytes >= 32)
        {
            for (nint done = 0; done < bytes - 32; done += 32)
                Vector256.Load(from + done).Store(to + done);
            Vector256.Load(from + bytes - 32).Store(to + bytes - 32);
        }
        else if (bytes >= 16)
        {
            Vector128<byte> x = Vector128.Load(from), y = Vector128.Load(from + bytes - 16);
            x.Store(to);
            y.Store(to + bytes - 16);
        }
        else if (element == 4)
        {
            for (nint done = 0; done < bytes; done += 4)
                *(int*)(to + done) = *(int*)(from + done);
        }
        else
        {
            for (nint done = 0; done < bytes; done++)
                to[done] = from[done];
        }
    }

    /// <summary>destination[p·destinationStride + j] = 0 for j &lt; columns; other elements stay.</summary>
    internal static void ClearBlock<T>(int steps, int columns, T* destination, nint destinationStride)
        where T : unmanaged
    {
        if (columns == destinationStride)
        {
            new Span<T>(destination, steps * columns).Clear();
            return;
        }

        for (; steps > 0; steps--, destination += destinationStride)
        {
            for (int j = 0; j < columns; j++)
                destination[j] = default;
        }
    }

    /// <summary>Four rows of 4-byte elements become columns, in blocks of 4 × 4; the rows at distance <paramref name="ahead"/> are fetched for the next call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void TransposeFourRows(float* r0, float* r1, float* r2, float* r3, int steps, float* destination, nint width, nint ahead)
    {
        int p = 0;
        for (; p + 4 <= steps; p += 4)
        {
            if (Sse.IsSupported && ahead != 0 && (p & 15) == 0)
            {
                Sse.Prefetch0(r0 + p + ahead);
                Sse.Prefetch0(r1 + p + ahead);
                Sse.Prefetch0(r2 + p + ahead);
                Sse.Prefetch0(r3 + p + ahead);
            }

            Vector128<float> a = Vector128.Load(r0 + p), b = Vector128.Load(r1 + p), c = Vector128.Load(r2 + p), d = Vector128.Load(r3 + p);
            Vector128<float> ab0 = InterleaveLow(a, b), ab1 = InterleaveHigh(a, b), cd0 = InterleaveLow(c, d), cd1 = InterleaveHigh(c, d);
            JoinLow(ab0, cd0).Store(destination);
            JoinHigh(ab0, cd0).Store(destination + width);
            JoinLow(ab1, cd1).Store(destination + 2 * width);
            JoinHigh(ab1, cd1).Store(destination + 3 * width);
            destination += 4 * width;
        }

        for (; p < steps; p++, destination += width)
        {
            destination[0] = r0[p];
            destination[1] = r1[p];
            destination[2] = r2[p];
            destination[3] = r3[p];
        }
    }

    /// <summary>The panel of the 256-bit micro-kernel: six rows of 4-byte elements become columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void TransposeSixRows(float* source, nint rowStride, int steps, float* destination)
    {
        float* r0 = source, r3 = source + 3 * rowStride;
        nint rowStride2 = 2 * rowStride, ahead = 6 * rowStride;
        int p = 0;
        for (; p + 4 <= steps; p += 4, r0 += 4, r3 += 4, destination += 24)
        {
            if ((p & 15) == 0)
            {
                Sse.Prefetch0(r0 + ahead);
                Sse.Prefetch0(r0 + rowStride + ahead);
                Sse.Prefetch0(r0 + rowStride2 + ahead);
                Sse.Prefetch0(r3 + ahead);
                Sse.Prefetch0(r3 + rowStride + ahead);
                Sse.Prefetch0(r3 + rowStride2 + ahead);
            }

            Vector128<float> a = Vector128.Load(r0), b = Vector128.Load(r0 + rowStride), c = Vector128.Load(r0 + rowStride2);
            Vector128<float> d = Vector128.Load(r3), e = Vector128.Load(r3 + rowStride), f = Vector128.Load(r3 + rowStride2);
            Vector128<float> ab0 = Sse.UnpackLow(a, b), ab1 = Sse.UnpackHigh(a, b), cd0 = Sse.UnpackLow(c, d), cd1 = Sse.UnpackHigh(c, d), ef0 = Sse.UnpackLow(e, f), ef1 = Sse.UnpackHigh(e, f);
            Sse.MoveLowToHigh(ab0, cd0).Store(destination);
            Sse.StoreLow(destination + 4, ef0);
            Sse.MoveHighToLow(cd0, ab0).Store(destination + 6);
            Sse.StoreHigh(destination + 10, ef0);
            Sse.MoveLowToHigh(ab1, cd1).Store(destination + 12);
            Sse.StoreLow(destination + 16, ef1);
            Sse.MoveHighToLow(cd1, ab1).Store(destination + 18);
            Sse.StoreHigh(destination + 22, ef1);
        }

        for (; p < steps; p++, r0++, r3++, destination += 6)
        {
            destination[0] = r0[0];
            destination[1] = r0[rowStride];
            destination[2] = r0[rowStride2];
            destination[3] = r3[0];
            destination[4] = r3[rowStride];
            destination[5] = r3[rowStride2];
        }
    }

    /// <summary>(a0, b0, a1, b1); the platform recognises the constant shuffles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<float> InterleaveLow(Vector128<float> a, Vector128<float> b)
    {
        if (Sse.IsSupported)
            return Sse.UnpackLow(a, b);
        if (AdvSimd.Arm64.IsSupported)
            return AdvSimd.Arm64.ZipLow(a, b);
        return Vector128.Create(a[0], b[0], a[1], b[1]);
    }

    /// <summary>(a2, b2, a3, b3).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<float> InterleaveHigh(Vector128<float> a, Vector128<float> b)
    {
        if (Sse.IsSupported)
            return Sse.UnpackHigh(a, b);
        if (AdvSimd.Arm64.IsSupported)
            return AdvSimd.Arm64.ZipHigh(a, b);
        return Vector128.Create(a[2], b[2], a[3], b[3]);
    }

    /// <summary>(a0, a1, b0, b1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<float> JoinLow(Vector128<float> a, Vector128<float> b)
    {
        // On x86 a Vector64 lives in memory, so the portable form (two halves joined) is ten times slower there.
        if (Sse.IsSupported)
            return Sse.MoveLowToHigh(a, b);
        return Vector128.Create(a.GetLower(), b.GetLower());
    }

    /// <summary>(a2, a3, b2, b3).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<float> JoinHigh(Vector128<float> a, Vector128<float> b)
    {
        if (Sse.IsSupported)
            return Sse.MoveHighToLow(b, a);
        return Vector128.Create(a.GetUpper(), b.GetUpper());
    }
}
