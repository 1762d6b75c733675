using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>What is done to one row of a matrix, written once for every vector width.</summary>
unsafe interface IRow<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Does it to one row.</summary>
    void Invoke<V>(nint row)
        where V : unmanaged, ILanes<V, T>;
}

/// <summary>Runs over the rows of a matrix, each small enough to be read more than once from a near cache.</summary>
static unsafe class RowLoop
{
    /// <summary>Calls the body for every row, on as many threads as the work is worth.</summary>
    internal static void Run<TRow, T>(nint rows, nint count, TRow row)
        where TRow : struct, IRow<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var items = new Items<TRow, T>(row);
        // An exponential costs about four times what the loops count as an element.
        LoopChunks.RunItems(rows, 4 * count, ref items);
    }

    /// <summary>The vector at a place of a row; lanes behind the end of the row get a filler.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Load<V, T>(T* x, nint rest, V filler)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged => rest >= V.Count ? V.Load(x) : LoadPart(x, rest, filler);

    /// <summary>Stores the lanes that lie inside the row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Store<V, T>(V value, T* y, nint rest)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged
    {
        if (rest >= V.Count) V.Store(value, y);
        else StorePart(value, y, rest);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static V LoadPart<V, T>(T* x, nint rest, V filler)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged
    {
        Unsafe.CopyBlockUnaligned(&filler, x, (uint)rest * (uint)sizeof(T));
        return filler;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void StorePart<V, T>(V value, T* y, nint rest)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged => Unsafe.CopyBlockUnaligned(y, &value, (uint)rest * (uint)sizeof(T));

    /// <summary>The sum of the lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Sum<V, T>(V value)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => ReduceLoop.Fold<SumReducer, V, T>(default, value, V.Count);

    /// <summary>Walks over a row vector by vector, and gives the total of the lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Walk<TStep, V, T>(TStep step, nint count, V total)
        where TStep : struct, IRowStep<T>
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        nint i = 0;
        for (; i <= count - V.Count; i += V.Count) total = step.Invoke(total, i, V.Count);
        return i < count ? WalkRest<TStep, V, T>(step, total, i, count - i) : total;
    }

    /// <summary>The greatest element of a row. NaN are passed over or not: whoever sums exponentials meets them there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static T Max<V, T>(T* x, nint count)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        V greatest;
        if (count < V.Count)
        {
            // A call between the loops would have their values kept in memory.
            greatest = LoadPart(x, count, V.Lowest);
        }
        else
        {
            // Four at a time: a chain of comparisons takes longer than what it compares takes to arrive.
            V a = V.Lowest, b = a, c = a, d = a, highest = V.Highest;
            nint i = 0;
            for (; i <= count - 4 * V.Count; i += 4 * V.Count)
            {
                // Two instructions where a maximum that keeps NaN takes more.
                a = V.Clamp(V.Load(x + i), a, highest);
                b = V.Clamp(V.Load(x + i + V.Count), b, highest);
                c = V.Clamp(V.Load(x + i + 2 * V.Count), c, highest);
                d = V.Clamp(V.Load(x + i + 3 * V.Count), d, highest);
            }

            for (; i <= count - V.Count; i += V.Count) a = V.Clamp(V.Load(x + i), a, highest);
            // Nothing is lost by looking at elements twice.
            if (i < count) b = V.Clamp(V.Load(x + count - V.Count), b, highest);
            greatest = V.Maximum(V.Maximum(a, b), V.Maximum(c, d));
        }

        return ReduceLoop.Fold<MaximumReducer, V, T>(default, greatest, V.Count);
    }

    /// <summary>The sum of exp(x − shift) over a row.</summary>
    /// <param name="x">The row.</param>
    /// <param name="y">Where the exponentials go, which may be the row itself; null if nobody wants them.</param>
    /// <param name="count">Elements of the row.</param>
    /// <param name="shift">What is subtracted.</param>
    /// <remarks>
    /// One method with one copy of the exponential serves every operation that sums them: the runtime takes longer to compile that function than for all else in these operations,
    /// so what is left over at the end of a row passes through the same loop.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static T Exponentials<V, T>(T* x, T* y, nint count, T shift)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        nint rest = count % V.Count, whole = count - rest;
        V shifts = V.Broadcast(shift), total = V.Create(0L), last = V.Lowest, unread = total;
        Unsafe.CopyBlockUnaligned(&last, x + whole, (uint)rest * (uint)sizeof(T));
        for (nint i = 0; i < count; i += V.Count)
        {
            var isWhole = i < whole;
            var exponential = V.Exp(V.Load(isWhole ? x + i : (T*)&last) - shifts);
            V.Store(exponential, isWhole && y != null ? y + i : (T*)&unread);
            total += exponential;
        }

        if (y != null) Unsafe.CopyBlockUnaligned(y + whole, &unread, (uint)rest * (uint)sizeof(T));
        return Sum<V, T>(total);
    }

    /// <summary>y = y · factor over a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Scale<V, T>(T* y, nint count, T factor)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var factors = V.Broadcast(factor);
        nint i = 0;
        for (; i <= count - V.Count; i += V.Count) V.Store(V.Load(y + i) * factors, y + i);
        if (i < count) StorePart(LoadPart(y + i, count - i, V.Create(0L)) * factors, y + i, count - i);
    }

    /// <summary>All bits set in the last lanes of a vector, so many of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V LastLanes<V, T>(nint count)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged
    {
        ReadOnlySpan<byte> bits =
        [
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
            255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        ];
        return V.Load((T*)((byte*)Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetReference(bits)) + 64 - sizeof(V) + count * sizeof(T)));
    }

    /// <summary>The total of a walk over a row whose lanes are summed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static T Total<TStep, V, T>(TStep step, nint count)
        where TStep : struct, IRowStep<T>
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Sum<V, T>(Walk<TStep, V, T>(step, count, V.Create(0L)));

    // Whoever takes the address of a vector keeps it out of the registers, so the remainder of a row is handled apart from its loop.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static V WalkRest<TStep, V, T>(TStep step, V total, nint i, nint rest)
        where TStep : struct, IRowStep<T>
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => step.Invoke(total, i, rest);

    readonly struct Items<TRow, T>(TRow row) : IItemBody
        where TRow : struct, IRow<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public void Invoke(nint item)
        {
            Debug.Assert(typeof(T) == typeof(float) || typeof(T) == typeof(double), "Rows are computed in float32 or float64.");
            if (Vector512.IsHardwareAccelerated) row.Invoke<Lanes512<T>>(item);
            else if (Vector256.IsHardwareAccelerated) row.Invoke<Lanes256<T>>(item);
            else row.Invoke<Lanes128<T>>(item);
        }
    }
}
