using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tapestry.Kernels.Simd;

namespace Tapestry.Kernels.Loops;

/// <summary>
/// Cumulative combination along the middle of [outer, scan, inner]: y[i] = combine(y[i − 1], x[i]). Exclusive results leave out their own element
/// and start from the identity; reverse ones run from the end. The destination may be the source.
/// </summary>
[SkipLocalsInit]
static unsafe class ScanLoop
{
    const int ColumnBytes = 512;
    const int FewLines = 8;

    public static void Run<TReducer, T>(TReducer reducer, ReadOnlySpan<T> x, nint outer, nint scan, nint inner, bool exclusive, bool reverse, Span<T> destination)
        where TReducer : struct, IReducer
        where T : unmanaged
    {
        Debug.Assert(x.Length == outer * scan * inner && destination.Length == x.Length, "A scan's extents match its spans.");
        if (x.Length == 0) return;
        fixed (T* source = x)
        fixed (T* result = destination)
        {
            if (typeof(T) == typeof(Half) || typeof(T) == typeof(BFloat16)) Widest<TReducer, T, float>(reducer, source, outer, scan, inner, exclusive, reverse, result);
            else if (typeof(T) == typeof(Complex64)) Widest<TReducer, T, Complex>(reducer, source, outer, scan, inner, exclusive, reverse, result);
            else Widest<TReducer, T, T>(reducer, source, outer, scan, inner, exclusive, reverse, result);
        }
    }

    static void Widest<TReducer, T, TWide>(TReducer reducer, T* x, nint outer, nint scan, nint inner, bool exclusive, bool reverse, T* destination)
        where TReducer : struct, IReducer
        where T : unmanaged
        where TWide : unmanaged
    {
        if (typeof(T) == typeof(float) && inner == 1)
        {
            Lines(reducer, (float*)x, outer, scan, exclusive, reverse, (float*)destination);
            return;
        }

        nint width = ColumnBytes / sizeof(TWide), tiles = (inner + width - 1) / width;
        // A single column gains nothing from long vectors.
        if (typeof(TWide) == typeof(Complex))
        {
            var items = new Items<TReducer, ComplexLane, T, Complex>(reducer, x, scan, inner, exclusive, reverse, destination);
            LoopChunks.RunItems(outer * tiles, scan * Math.Min(width, inner), ref items);
        }
        else if (inner >= 8 && Vector256.IsHardwareAccelerated)
        {
            var items = new Items<TReducer, Lanes256<TWide>, T, TWide>(reducer, x, scan, inner, exclusive, reverse, destination);
            LoopChunks.RunItems(outer * tiles, scan * Math.Min(width, inner), ref items);
        }
        else
        {
            var items = new Items<TReducer, Lanes128<TWide>, T, TWide>(reducer, x, scan, inner, exclusive, reverse, destination);
            LoopChunks.RunItems(outer * tiles, scan * Math.Min(width, inner), ref items);
        }
    }

    // Few lines share their blocks out; many are shared out themselves.
    static void Lines<TReducer>(TReducer reducer, float* x, nint outer, nint scan, bool exclusive, bool reverse, float* destination)
        where TReducer : struct, IReducer
    {
        var lines = new LineItems<TReducer>(reducer, x, scan, exclusive, reverse, destination);
        if (outer >= FewLines) LoopChunks.RunItems(outer, scan, ref lines);
        else for (nint line = 0; line < outer; line++) lines.Invoke(line);
    }

    readonly struct LineItems<TReducer>(TReducer reducer, float* x, nint scan, bool exclusive, bool reverse, float* destination) : IItemBody
        where TReducer : struct, IReducer
    {
        public void Invoke(nint item) => new LineScan<TReducer>(reducer, x + item * scan, scan, exclusive, reverse, destination + item * scan).Run();
    }

    readonly struct Items<TReducer, V, T, TWide>(TReducer reducer, T* x, nint scan, nint inner, bool exclusive, bool reverse, T* destination) : IItemBody
        where TReducer : struct, IReducer
        where V : unmanaged, ILanes<V, TWide>
        where T : unmanaged
        where TWide : unmanaged
    {
        public void Invoke(nint item)
        {
            if (inner == 1 && typeof(T) == typeof(TWide))
            {
                Line((TWide*)x + item * scan, (TWide*)destination + item * scan);
                return;
            }

            nint width = ColumnBytes / sizeof(TWide), tiles = (inner + width - 1) / width;
            var column = item % tiles * width;
            var columns = (int)Math.Min(width, inner - column);
            var start = item / tiles * scan * inner + column;
            TWide* state = stackalloc TWide[(int)width], row = stackalloc TWide[(int)width];
            var identity = reducer.Identity<V>();
            for (var j = 0; j < width; j += V.Count) V.Store(identity, state + j);
            for (nint i = 0; i < scan; i++)
            {
                var offset = start + (reverse ? scan - 1 - i : i) * inner;
                NarrowElements.Widen(x + offset, row, columns);
                if (exclusive) NarrowElements.Narrow(state, destination + offset, columns);
                for (var j = 0; j < columns; j += V.Count) V.Store(reducer.Combine(V.Load(state + j), reducer.Map(V.Load(row + j))), state + j);
                if (!exclusive) NarrowElements.Narrow(state, destination + offset, columns);
            }
        }

        // One after the other, with the total in a register: only the combination itself lies on the chain of dependencies.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Line(TWide* source, TWide* result)
        {
            var total = reducer.Identity<V>();
            for (nint i = 0; i < scan; i++)
            {
                var at = reverse ? scan - 1 - i : i;
                var next = reducer.Combine(total, reducer.Map(V.Broadcast(source[at])));
                First(exclusive ? total : next, result + at);
                total = next;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void First(V vector, TWide* to) => *to = *(TWide*)&vector;
    }
}
