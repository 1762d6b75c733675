using System.Diagnostics;
using System.Numerics;

namespace Tapestry.Kernels.Loops;

/// <summary>Puts rows at positions: the reverse of <see cref="GatherLoop"/>. Rows that meet are taken in their order, whatever the number of threads.</summary>
static unsafe class ScatterLoop
{
    const int MostPieces = 16;

    /// <summary>destination[b, o, positions[b, i], :] += updates[b, o, i, :]. Positions must be valid.</summary>
    public static void Add<T, TIndex>(ReadOnlySpan<T> updates, ReadOnlySpan<TIndex> positions, in GatherExtents extents, Span<T> destination)
        where T : unmanaged
        where TIndex : unmanaged, IBinaryInteger<TIndex> => Run<T, TIndex, Adding<T>>(updates, positions, extents, destination);

    /// <summary>destination[b, o, positions[b, i], :] = updates[b, o, i, :]; the last of several wins.</summary>
    public static void Set<T, TIndex>(ReadOnlySpan<T> updates, ReadOnlySpan<TIndex> positions, in GatherExtents extents, Span<T> destination)
        where T : unmanaged
        where TIndex : unmanaged, IBinaryInteger<TIndex> => Run<T, TIndex, Setting<T>>(updates, positions, extents, destination);

    /// <summary>destination[b, o, positions[b, i], :] *= updates[b, o, i, :]. Positions must be valid.</summary>
    public static void Multiply<T, TIndex>(ReadOnlySpan<T> updates, ReadOnlySpan<TIndex> positions, in GatherExtents extents, Span<T> destination)
        where T : unmanaged, INumber<T>
        where TIndex : unmanaged, IBinaryInteger<TIndex> => Run<T, TIndex, Multiplying<T>>(updates, positions, extents, destination);

    /// <summary>The smaller of destination[b, o, positions[b, i], :] and updates[b, o, i, :]; NaN where either is. Positions must be valid.</summary>
    public static void Minimum<T, TIndex>(ReadOnlySpan<T> updates, ReadOnlySpan<TIndex> positions, in GatherExtents extents, Span<T> destination)
        where T : unmanaged, INumber<T>
        where TIndex : unmanaged, IBinaryInteger<TIndex> => Run<T, TIndex, Lowering<T>>(updates, positions, extents, destination);

    /// <summary>The larger of destination[b, o, positions[b, i], :] and updates[b, o, i, :]; NaN where either is. Positions must be valid.</summary>
    public static void Maximum<T, TIndex>(ReadOnlySpan<T> updates, ReadOnlySpan<TIndex> positions, in GatherExtents extents, Span<T> destination)
        where T : unmanaged, INumber<T>
        where TIndex : unmanaged, IBinaryInteger<TIndex> => Run<T, TIndex, Raising<T>>(updates, positions, extents, destination);

    /// <summary>target[i] += row[i].</summary>
    public static void AddRow<T>(T* row, T* target, nint count)
        where T : unmanaged
    {
        nint i = 0;
        if (Vector<T>.IsSupported)
        {
            for (; i <= count - Vector<T>.Count; i += Vector<T>.Count) (Vector.Load(target + i) + Vector.Load(row + i)).Store(target + i);
        }

        for (; i < count; i++) target[i] = Sum(target[i], row[i]);
    }

    static void Run<T, TIndex, TRow>(ReadOnlySpan<T> updates, ReadOnlySpan<TIndex> positions, in GatherExtents extents, Span<T> destination)
        where T : unmanaged
        where TIndex : unmanaged, IBinaryInteger<TIndex>
        where TRow : struct, IRow<T>
    {
        Debug.Assert(updates.Length == extents.Batch * extents.Outer * extents.Count * extents.Inner, "The extents match the spans.");
        if (updates.Length == 0) return;

        // A piece of the axis takes the rows that fall into it, so that no two pieces write to the same place.
        var work = extents.Count * extents.Inner;
        var pieces = Math.Clamp(work / LoopChunks.Size, 1, Math.Min(MostPieces, extents.Axis));
        fixed (T* from = updates)
        fixed (TIndex* index = positions)
        fixed (T* to = destination)
        {
            var body = new Pieces<T, TIndex, TRow>(from, index, extents, to, pieces);
            LoopChunks.RunItems(extents.Batch * extents.Outer * pieces, work / pieces, ref body);
        }
    }

    static T Sum<T>(T a, T b)
        where T : unmanaged
    {
        if (typeof(T) == typeof(Half)) return (T)(object)(Half)((float)(Half)(object)a + (float)(Half)(object)b);
        if (typeof(T) == typeof(BFloat16)) return (T)(object)(BFloat16)((float)(BFloat16)(object)a + (float)(BFloat16)(object)b);
        if (typeof(T) == typeof(Complex)) return (T)(object)((Complex)(object)a + (Complex)(object)b);
        if (typeof(T) == typeof(Complex64))
        {
            var (x, y) = ((Complex64)(object)a, (Complex64)(object)b);
            return (T)(object)new Complex64(x.Real + y.Real, x.Imaginary + y.Imaginary);
        }

        return (Vector.CreateScalarUnsafe(a) + Vector.CreateScalarUnsafe(b)).ToScalar();
    }

    // What happens to a row when another one comes to its place.
    interface IRow<T>
        where T : unmanaged
    {
        static abstract void Invoke(T* row, T* target, nint count);
    }

    readonly struct Adding<T> : IRow<T>
        where T : unmanaged
    {
        public static void Invoke(T* row, T* target, nint count) => AddRow(row, target, count);
    }

    readonly struct Setting<T> : IRow<T>
        where T : unmanaged
    {
        public static void Invoke(T* row, T* target, nint count) => new ReadOnlySpan<T>(row, (int)count).CopyTo(new Span<T>(target, (int)count));
    }

    readonly struct Multiplying<T> : IRow<T>
        where T : unmanaged, INumber<T>
    {
        public static void Invoke(T* row, T* target, nint count)
        {
            for (nint i = 0; i < count; i++) target[i] = unchecked(target[i] * row[i]);
        }
    }

    readonly struct Lowering<T> : IRow<T>
        where T : unmanaged, INumber<T>
    {
        public static void Invoke(T* row, T* target, nint count)
        {
            for (nint i = 0; i < count; i++) target[i] = T.Min(target[i], row[i]);
        }
    }

    readonly struct Raising<T> : IRow<T>
        where T : unmanaged, INumber<T>
    {
        public static void Invoke(T* row, T* target, nint count)
        {
            for (nint i = 0; i < count; i++) target[i] = T.Max(target[i], row[i]);
        }
    }

    readonly struct Pieces<T, TIndex, TRow>(T* updates, TIndex* positions, GatherExtents extents, T* destination, nint pieces) : IItemBody
        where T : unmanaged
        where TIndex : unmanaged, IBinaryInteger<TIndex>
        where TRow : struct, IRow<T>
    {
        public void Invoke(nint item)
        {
            var (outer, piece) = (item / pieces, item % pieces);
            var (first, last) = (piece * extents.Axis / pieces, (piece + 1) * extents.Axis / pieces);
            var own = positions + outer / extents.Outer * extents.Count;
            var rows = updates + outer * extents.Count * extents.Inner;
            var target = destination + outer * extents.Axis * extents.Inner;
            for (nint i = 0; i < extents.Count; i++)
            {
                var position = nint.CreateTruncating(own[i]);
                if (position < first || position >= last) continue;
                var to = target + position * extents.Inner;
                TRow.Invoke(rows + i * extents.Inner, to, extents.Inner);
            }
        }
    }
}
