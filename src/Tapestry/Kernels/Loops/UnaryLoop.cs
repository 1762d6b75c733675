using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tapestry.Kernels.Simd;

namespace Tapestry.Kernels.Loops;

/// <summary>y = body(x), element by element. x and y may be the same span.</summary>
[SkipLocalsInit]
static unsafe class UnaryLoop
{
    public static void Run<TBody, T>(TBody body, ReadOnlySpan<T> x, Span<T> y)
        where TBody : struct, IUnaryBody
        where T : unmanaged
    {
        Debug.Assert(x.Length == y.Length, "A unary loop's source and destination have the same length.");
        fixed (T* source = x)
        fixed (T* destination = y)
        {
            if (source != destination && StreamOutput.Suits(destination, x.Length)) Run<TBody, T, StreamOutput>(body, source, (byte*)destination, x.Length);
            else Run<TBody, T, ValueOutput>(body, source, (byte*)destination, x.Length);
        }
    }

    internal static void Run<TBody, T, TOutput>(TBody body, T* x, byte* y, nint count)
        where TBody : struct, IUnaryBody
        where T : unmanaged
        where TOutput : struct, ILoopOutput
    {
        var chunks = new Chunks<TBody, T, TOutput>(body, x, y);
        LoopChunks.Run(count, ref chunks);
    }

    readonly struct Chunks<TBody, T, TOutput>(TBody body, T* x, byte* y) : IChunkBody
        where TBody : struct, IUnaryBody
        where T : unmanaged
        where TOutput : struct, ILoopOutput
    {
        public void Invoke(nint start, nint count)
        {
            var destination = y + start * TOutput.ElementSize<T>();
            if (typeof(T) == typeof(Half) || typeof(T) == typeof(BFloat16)) Widened<float>(x + start, destination, count);
            else if (typeof(T) == typeof(Complex64)) Widened<Complex>(x + start, destination, count);
            else Widest<TBody, T, TOutput>(body, x + start, destination, count);
        }

        void Widened<TWide>(T* source, byte* destination, nint count) where TWide : unmanaged
        {
            TWide* tile = stackalloc TWide[NarrowElements.Block];
            for (nint i = 0; i < count; i += NarrowElements.Block)
            {
                var part = (int)Math.Min(NarrowElements.Block, count - i);
                NarrowElements.Widen(source + i, tile, part);
                if (typeof(TOutput) == typeof(MaskOutput))
                {
                    Widest<TBody, TWide, TOutput>(body, tile, destination + i, part);
                }
                else
                {
                    Widest<TBody, TWide, TOutput>(body, tile, (byte*)tile, part);
                    NarrowElements.Narrow(tile, (T*)destination + i, part);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Widest<TBody, T, TOutput>(TBody body, T* x, byte* y, nint count)
        where TBody : struct, IUnaryBody
        where T : unmanaged
        where TOutput : struct, ILoopOutput
    {
        if (typeof(T) == typeof(Complex)) Run<TBody, ComplexLane, Complex, TOutput>(body, (Complex*)x, y, count);
        else if (Vector512.IsHardwareAccelerated) Run<TBody, Lanes512<T>, T, TOutput>(body, x, y, count);
        else if (Vector256.IsHardwareAccelerated) Run<TBody, Lanes256<T>, T, TOutput>(body, x, y, count);
        else Run<TBody, Lanes128<T>, T, TOutput>(body, x, y, count);
    }

    /// <summary>
    /// The loop itself, for one width of vectors. The remainder is one more vector, filled up with zeros, for which the method calls itself: a second
    /// copy of the body here would exhaust the compiler's budget for inlining. Compiled optimised at once: unoptimised vector code is a hundred times
    /// slower.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run<TBody, V, T, TOutput>(TBody body, T* x, byte* y, nint count)
        where TBody : struct, IUnaryBody
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged
        where TOutput : struct, ILoopOutput
    {
        nint i = 0;
        for (; i <= count - V.Count; i += V.Count) TOutput.Store<V, T>(body.Invoke(V.Load(x + i)), y, i);
        if (typeof(TOutput) == typeof(StreamOutput)) Interlocked.MemoryBarrier();
        if (i < count)
        {
            V part = default, result;
            var rest = (uint)(count - i);
            Unsafe.CopyBlockUnaligned(&part, x + i, rest * (uint)sizeof(T));
            if (typeof(TOutput) == typeof(StreamOutput)) Run<TBody, V, T, ValueOutput>(body, (T*)&part, (byte*)&result, V.Count);
            else Run<TBody, V, T, TOutput>(body, (T*)&part, (byte*)&result, V.Count);
            var size = (uint)TOutput.ElementSize<T>();
            Unsafe.CopyBlockUnaligned(y + i * (nint)size, &result, rest * size);
        }
    }
}
