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
        where TIndex : unmanaged, IBinaryInteger<TIndex> => Run(updates, positions, extents, destination, add: true);

    /// <summary>destination[b, o, positions[b, i], :] = updates[b, o, i, :]; the last of several wins.</summary>
    public static void Set<T, TIndex>(ReadOnlySpan<T> updates, ReadOnlySpan<TIndex> positions, in GatherExtents extents, Span<T> destination)
        where T : unmanaged
        where TIndex : unmanaged, IBinaryInteger<TIndex> => Run(updates, positions, extents, destination, add: false);

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

    static void Run<T, TIndex>(ReadOnlySpan<T> updates, ReadOnlySpan<TIndex> positions, in GatherExtents extents, Span<T> destination, bool add)
        where T : unmanaged
        where TIndex : unmanaged, IBinaryInteger<TIndex>
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
            var body = new Pieces<T, TIndex>(from, index, extents, to, pieces, add);
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

    readonly struct Pieces<T, TIndex>(T* updates, TIndex* positions, GatherExtents extents, T* destination, nint pieces, bool add) : IItemBody
        where T : unmanaged
        where TIndex : unmanaged, IBinaryInteger<TIndex>
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
                if (add) AddRow(rows + i * extents.Inner, to, extents.Inner);
                else new ReadOnlySpan<T>(rows + i * extents.Inner, (int)extents.Inner).CopyTo(new Span<T>(to, (int)extents.Inner));
            }
        }
    }
}
