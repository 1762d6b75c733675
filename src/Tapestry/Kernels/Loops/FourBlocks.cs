using System.Runtime.CompilerServices;
using Tapestry.Kernels.Simd;

namespace Tapestry.Kernels.Loops;

/// <summary>
/// Four blocks of a row that are combined side by side, with a quarter of the lanes each. A processor reads memory from four places at once up to half as fast again as from one
/// (sum of 10 million floats on one thread: 2.7 to 1.8 ms), and what is in a cache as fast as before.
/// </summary>
[SkipLocalsInit]
static unsafe class FourBlocks
{
    /// <summary>How many blocks.</summary>
    internal const int Count = 4;

    // Of one block: one, two or four vectors.
    const int LaneBytes = ReduceLoop.LaneBytes / Count;

    /// <summary>The combination of four whole blocks.</summary>
    internal static TWide Reduce<TReducer, V, TWide>(TReducer reducer, TWide* x)
        where TReducer : struct, IReducer
        where V : unmanaged, ILanes<V, TWide>
        where TWide : unmanaged
    {
        TWide* lanes = stackalloc TWide[ReduceLoop.LaneBytes / sizeof(TWide)];
        Combine<TReducer, V, TWide>(reducer, x, lanes);
        return ReduceLoop.FoldLanes<TReducer, V, TWide>(reducer, lanes, ReduceLoop.LaneBytes / sizeof(TWide));
    }

    // Nothing but the loop: calls behind it would keep the sums out of registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    static void Combine<TReducer, V, TWide>(TReducer reducer, TWide* x, TWide* lanes)
        where TReducer : struct, IReducer
        where V : unmanaged, ILanes<V, TWide>
        where TWide : unmanaged
    {
        nint block = ReduceLoop.BlockBytes / sizeof(TWide), unit = LaneBytes / sizeof(TWide);
        V a0 = reducer.Identity<V>(), a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
        V c0 = a0, c1 = a0, c2 = a0, c3 = a0, d0 = a0, d1 = a0, d2 = a0, d3 = a0;
        for (var last = x + block; x < last; x += unit)
        {
            a0 = reducer.Combine(a0, reducer.Map(V.Load(x)));
            if (sizeof(V) < LaneBytes) a1 = reducer.Combine(a1, reducer.Map(V.Load(x + V.Count)));
            if (sizeof(V) < LaneBytes / 2) a2 = reducer.Combine(a2, reducer.Map(V.Load(x + 2 * V.Count)));
            if (sizeof(V) < LaneBytes / 2) a3 = reducer.Combine(a3, reducer.Map(V.Load(x + 3 * V.Count)));
            b0 = reducer.Combine(b0, reducer.Map(V.Load(x + block)));
            if (sizeof(V) < LaneBytes) b1 = reducer.Combine(b1, reducer.Map(V.Load(x + block + V.Count)));
            if (sizeof(V) < LaneBytes / 2) b2 = reducer.Combine(b2, reducer.Map(V.Load(x + block + 2 * V.Count)));
            if (sizeof(V) < LaneBytes / 2) b3 = reducer.Combine(b3, reducer.Map(V.Load(x + block + 3 * V.Count)));
            c0 = reducer.Combine(c0, reducer.Map(V.Load(x + 2 * block)));
            if (sizeof(V) < LaneBytes) c1 = reducer.Combine(c1, reducer.Map(V.Load(x + 2 * block + V.Count)));
            if (sizeof(V) < LaneBytes / 2) c2 = reducer.Combine(c2, reducer.Map(V.Load(x + 2 * block + 2 * V.Count)));
            if (sizeof(V) < LaneBytes / 2) c3 = reducer.Combine(c3, reducer.Map(V.Load(x + 2 * block + 3 * V.Count)));
            d0 = reducer.Combine(d0, reducer.Map(V.Load(x + 3 * block)));
            if (sizeof(V) < LaneBytes) d1 = reducer.Combine(d1, reducer.Map(V.Load(x + 3 * block + V.Count)));
            if (sizeof(V) < LaneBytes / 2) d2 = reducer.Combine(d2, reducer.Map(V.Load(x + 3 * block + 2 * V.Count)));
            if (sizeof(V) < LaneBytes / 2) d3 = reducer.Combine(d3, reducer.Map(V.Load(x + 3 * block + 3 * V.Count)));
        }

        Store<V, TWide>(a0, a1, a2, a3, lanes);
        Store<V, TWide>(b0, b1, b2, b3, lanes + unit);
        Store<V, TWide>(c0, c1, c2, c3, lanes + 2 * unit);
        Store<V, TWide>(d0, d1, d2, d3, lanes + 3 * unit);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store<V, TWide>(V first, V second, V third, V fourth, TWide* lanes)
        where V : unmanaged, ILanes<V, TWide>
        where TWide : unmanaged
    {
        V.Store(first, lanes);
        if (sizeof(V) < LaneBytes) V.Store(second, lanes + V.Count);
        if (sizeof(V) >= LaneBytes / 2) return;
        V.Store(third, lanes + 2 * V.Count);
        V.Store(fourth, lanes + 3 * V.Count);
    }
}
