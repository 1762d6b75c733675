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
        where T : unmanaged
    {
        if (rest >= V.Count) return V.Load(x);
        var part = filler;
        Unsafe.CopyBlockUnaligned(&part, x, (uint)rest * (uint)sizeof(T));
        return part;
    }

    /// <summary>Stores the lanes that lie inside the row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Store<V, T>(V value, T* y, nint rest)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged
    {
        if (rest >= V.Count) V.Store(value, y);
        else Unsafe.CopyBlockUnaligned(y, &value, (uint)rest * (uint)sizeof(T));
    }

    /// <summary>The sum of the lanes.</summary>
    internal static T Sum<V, T>(V value)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var lanes = (T*)&value;
        for (var half = V.Count / 2; half > 0; half /= 2)
        {
            for (var i = 0; i < half; i++) lanes[i] += lanes[i + half];
        }

        return lanes[0];
    }

    /// <summary>The greatest element of a row; NaN if there is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static T Max<V, T>(T* x, nint count)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var best = V.Lowest;
        for (nint i = 0; i < count; i += V.Count) best = V.Maximum(best, Load(x + i, count - i, V.Lowest));
        var lanes = (T*)&best;
        var greatest = lanes[0];
        for (var i = 1; i < V.Count; i++) greatest = T.Max(greatest, lanes[i]);
        return greatest;
    }

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
