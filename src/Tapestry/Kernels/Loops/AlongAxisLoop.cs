using System.Diagnostics;
using System.Numerics;

namespace Tapestry.Kernels.Loops;

/// <summary>Picks single elements along the middle of [outer, axis, inner] by positions [outer, count, inner], and puts them back. Positions must be valid.</summary>
static unsafe class AlongAxisLoop
{
    /// <summary>destination[o, i, n] = source[o, positions[o, i, n], n].</summary>
    public static void Take<T, TIndex>(ReadOnlySpan<T> source, ReadOnlySpan<TIndex> positions, nint outer, nint axis, nint inner, nint count, Span<T> destination)
        where T : unmanaged
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        Debug.Assert(positions.Length == destination.Length && destination.Length == outer * count * inner, "The extents match the spans.");
        fixed (T* from = source)
        fixed (TIndex* index = positions)
        fixed (T* to = destination)
        {
            var body = new Taking<T, TIndex>(from, index, axis, inner, count, to);
            LoopChunks.RunItems(outer, count * inner, ref body);
        }
    }

    /// <summary>destination[o, positions[o, i, n], n] += updates[o, i, n].</summary>
    public static void Add<T, TIndex>(ReadOnlySpan<T> updates, ReadOnlySpan<TIndex> positions, nint outer, nint axis, nint inner, nint count, Span<T> destination)
        where T : unmanaged
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        Debug.Assert(positions.Length == updates.Length && updates.Length == outer * count * inner, "The extents match the spans.");
        fixed (T* from = updates)
        fixed (TIndex* index = positions)
        fixed (T* to = destination)
        {
            var body = new Adding<T, TIndex>(from, index, axis, inner, count, to);
            LoopChunks.RunItems(outer, count * inner, ref body);
        }
    }

    readonly struct Taking<T, TIndex>(T* source, TIndex* positions, nint axis, nint inner, nint count, T* destination) : IItemBody
        where T : unmanaged
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        public void Invoke(nint item)
        {
            var from = source + item * axis * inner;
            var index = positions + item * count * inner;
            var to = destination + item * count * inner;
            for (nint i = 0; i < count; i++)
            {
                for (nint n = 0; n < inner; n++, index++, to++) *to = from[nint.CreateTruncating(*index) * inner + n];
            }
        }
    }

    readonly struct Adding<T, TIndex>(T* updates, TIndex* positions, nint axis, nint inner, nint count, T* destination) : IItemBody
        where T : unmanaged
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        public void Invoke(nint item)
        {
            var to = destination + item * axis * inner;
            var index = positions + item * count * inner;
            var row = updates + item * count * inner;
            for (nint i = 0; i < count; i++)
            {
                for (nint n = 0; n < inner; n++, index++, row++) ScatterLoop.AddRow(row, to + nint.CreateTruncating(*index) * inner + n, 1);
            }
        }
    }
}
