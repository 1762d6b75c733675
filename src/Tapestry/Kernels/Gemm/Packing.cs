using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Tapestry.Kernels.Gemm;

/// <summary>Copies of matrix blocks into the order in which the micro-kernel reads them.</summary>
static unsafe class Packing
{
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

        // Overlapping vectors copy any length of at least one vector without a scalar tail.
        for (; steps > 0; steps--, from += step, to += panel)
        {
            nint done = 0;
            if (bytes >= 32)
            {
                for (; done < bytes - 32; done += 32)
                    Vector256.Load(from + done).Store(to + done);
                Vector256.Load(from + bytes - 32).Store(to + bytes - 32);
                done = bytes;
            }
            else if (bytes >= 16)
            {
                Vector128<byte> x = Vector128.Load(from), y = Vector128.Load(from + bytes - 16);
                x.Store(to);
                y.Store(to + bytes - 16);
                done = bytes;
            }

            for (; done < bytes; done += sizeof(T))
                *(T*)(to + done) = *(T*)(from + done);
            for (; done < panel; done += sizeof(T))
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
        if (stepStride == 1 && sizeof(T) == 4 && Vector128.IsHardwareAccelerated)
        {
            for (; i + 4 <= rows; i += 4)
                TransposeFourRows((float*)source + i * rowStride, rowStride, steps, (float*)destination + i, width);
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

    /// <summary>Four rows of 4-byte elements become columns, in blocks of 4 × 4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void TransposeFourRows(float* source, nint stride, int steps, float* destination, nint width)
    {
        float* r0 = source, r1 = source + stride, r2 = source + 2 * stride, r3 = source + 3 * stride;
        int p = 0;
        for (; p + 4 <= steps; p += 4)
        {
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
