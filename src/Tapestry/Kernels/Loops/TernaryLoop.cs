using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tapestry.Kernels.Simd;

namespace Tapestry.Kernels.Loops;

/// <summary>destination = body(a, b, c) with NumPy's broadcasting. The destination may be an operand that has its shape.</summary>
[SkipLocalsInit]
static unsafe class TernaryLoop
{
    const int Tile = 512;

    public static void Run<TBody, T>(TBody body, ReadOnlySpan<T> a, ReadOnlySpan<int> aShape, ReadOnlySpan<T> b, ReadOnlySpan<int> bShape,
        ReadOnlySpan<T> c, ReadOnlySpan<int> cShape, Span<T> destination)
        where TBody : struct, ITernaryBody
        where T : unmanaged
    {
        var plan = BroadcastPlan.Create(aShape, bShape, cShape);
        Debug.Assert(plan.Count == destination.Length, "A ternary loop's destination has the broadcast shape.");
        fixed (T* first = a)
        fixed (T* second = b)
        fixed (T* third = c)
        fixed (T* result = destination)
        {
            var chunks = new Chunks<TBody, T>(body, plan, first, second, third, result);
            LoopChunks.Run(plan.Count, ref chunks);
        }
    }

    readonly struct Chunks<TBody, T>(TBody body, BroadcastPlan plan, T* a, T* b, T* c, T* destination) : IChunkBody
        where TBody : struct, ITernaryBody
        where T : unmanaged
    {
        readonly BroadcastPlan plan = plan;

        public void Invoke(nint start, nint count)
        {
            if (typeof(T) == typeof(Half) || typeof(T) == typeof(BFloat16)) Tiled<float>(start, count);
            else if (typeof(T) == typeof(Complex64)) Tiled<Complex>(start, count);
            else if (plan.Rank == 1 && plan.IsWhole(0) && plan.IsWhole(1) && plan.IsWhole(2))
                Widest<TBody, T>(body, a + start, b + start, c + start, destination + start, count);
            else Tiled<T>(start, count);
        }

        void Tiled<TWide>(nint start, nint count) where TWide : unmanaged
        {
            TWide* first = stackalloc TWide[Tile], second = stackalloc TWide[Tile], third = stackalloc TWide[Tile];
            for (nint i = 0; i < count; i += Tile)
            {
                var part = (int)Math.Min(Tile, count - i);
                var x = Operand(0, a, start + i, part, first);
                var y = Operand(1, b, start + i, part, second);
                var z = Operand(2, c, start + i, part, third);
                if (typeof(T) == typeof(TWide))
                {
                    Widest<TBody, TWide>(body, x, y, z, (TWide*)(destination + start + i), part);
                }
                else
                {
                    Widest<TBody, TWide>(body, x, y, z, first, part);
                    NarrowElements.Narrow(first, destination + start + i, part);
                }
            }
        }

        TWide* Operand<TWide>(int operand, T* source, nint start, int count, TWide* tile) where TWide : unmanaged
        {
            if (typeof(T) == typeof(TWide) && plan.IsWhole(operand)) return (TWide*)(source + start);
            BroadcastTile.Fill(plan, operand, source, start, count, tile);
            return tile;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Widest<TBody, T>(TBody body, T* a, T* b, T* c, T* destination, nint count)
        where TBody : struct, ITernaryBody
        where T : unmanaged
    {
        if (typeof(T) == typeof(Complex)) Run<TBody, ComplexLane, Complex>(body, (Complex*)a, (Complex*)b, (Complex*)c, (Complex*)destination, count);
        else if (Vector512.IsHardwareAccelerated) Run<TBody, Lanes512<T>, T>(body, a, b, c, destination, count);
        else if (Vector256.IsHardwareAccelerated) Run<TBody, Lanes256<T>, T>(body, a, b, c, destination, count);
        else Run<TBody, Lanes128<T>, T>(body, a, b, c, destination, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run<TBody, V, T>(TBody body, T* a, T* b, T* c, T* destination, nint count)
        where TBody : struct, ITernaryBody
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged
    {
        nint i = 0;
        for (; i <= count - V.Count; i += V.Count) V.Store(body.Invoke(V.Load(a + i), V.Load(b + i), V.Load(c + i)), destination + i);
        if (i < count)
        {
            V x = default, y = default, z = default;
            var rest = (uint)(count - i) * (uint)sizeof(T);
            Unsafe.CopyBlockUnaligned(&x, a + i, rest);
            Unsafe.CopyBlockUnaligned(&y, b + i, rest);
            Unsafe.CopyBlockUnaligned(&z, c + i, rest);
            Run<TBody, V, T>(body, (T*)&x, (T*)&y, (T*)&z, (T*)&x, V.Count);
            Unsafe.CopyBlockUnaligned(destination + i, &x, rest);
        }
    }
}
