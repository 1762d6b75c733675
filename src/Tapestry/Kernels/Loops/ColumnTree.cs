using System.Numerics;
using System.Runtime.CompilerServices;
using Tapestry.Kernels.Simd;

namespace Tapestry.Kernels.Loops;

/// <summary>
/// Combines rows element by element: leaves of 16 rows, joined like the digits of a binary counter. So the error grows with the logarithm of the number of
/// rows, and any aligned part of 16 · 2ᵏ rows can be combined apart without changing a bit.
/// </summary>
unsafe struct ColumnTree<TReducer, V, T>(TReducer reducer, T* memory, int columns)
    where TReducer : struct, IReducer
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged
{
    readonly int width = ColumnTree.Width<T>(columns);
    readonly T* leaf = memory;
    int rows;
    nint leaves;

    /// <summary>Starts without rows.</summary>
    internal void Begin()
    {
        (rows, leaves) = (0, 0);
        Clear();
    }

    /// <summary>Adds one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Add(T* row)
    {
        if (rows == ColumnTree.RowsPerLeaf) CloseLeaf();
        var j = 0;
        for (; j <= columns - V.Count; j += V.Count) V.Store(reducer.Combine(V.Load(leaf + j), reducer.Map(V.Load(row + j))), leaf + j);
        if (j < columns) V.Store(reducer.Combine(V.Load(leaf + j), reducer.Map(Rest(row, j))), leaf + j);
        rows++;
    }

    /// <summary>Adds several rows; four at a time go through registers, in the same order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Add(T* first, nint stride, nint count)
    {
        for (nint row = 0; row < count;)
        {
            if (rows == ColumnTree.RowsPerLeaf) CloseLeaf();
            if (count - row < 4 || rows % 4 != 0)
            {
                Add(first + row * stride);
                row++;
                continue;
            }

            T* a = first + row * stride, b = a + stride, c = b + stride, d = c + stride;
            var j = 0;
            for (; j <= columns - V.Count; j += V.Count)
            {
                var sum = reducer.Combine(V.Load(leaf + j), reducer.Map(V.Load(a + j)));
                sum = reducer.Combine(sum, reducer.Map(V.Load(b + j)));
                sum = reducer.Combine(sum, reducer.Map(V.Load(c + j)));
                V.Store(reducer.Combine(sum, reducer.Map(V.Load(d + j))), leaf + j);
            }

            if (j < columns)
            {
                var sum = reducer.Combine(V.Load(leaf + j), reducer.Map(Rest(a, j)));
                sum = reducer.Combine(sum, reducer.Map(Rest(b, j)));
                sum = reducer.Combine(sum, reducer.Map(Rest(c, j)));
                V.Store(reducer.Combine(sum, reducer.Map(Rest(d, j))), leaf + j);
            }

            rows += 4;
            row += 4;
        }
    }

    /// <summary>Where the next rows are to be combined by the caller, who has so many; they must not reach beyond an aligned leaf.</summary>
    internal T* Open(int count)
    {
        if (rows == ColumnTree.RowsPerLeaf) CloseLeaf();
        rows += count;
        return leaf;
    }

    /// <summary>Writes the combination of all rows, without the finish of the reduction; whole vectors are written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void End(T* result)
    {
        if (rows > 0) CloseLeaf();
        if (leaves == 0)
        {
            Unsafe.CopyBlockUnaligned(result, leaf, (uint)(width * sizeof(T)));
            return;
        }

        var lowest = BitOperations.TrailingZeroCount(leaves);
        Unsafe.CopyBlockUnaligned(result, Level(lowest), (uint)(width * sizeof(T)));
        for (var level = lowest + 1; leaves >> level != 0; level++)
        {
            if ((leaves >> level & 1) == 1) Join(Level(level), result, result);
        }
    }

    /// <summary>The combination of results of aligned parts, in the first of them.</summary>
    internal readonly void Join(T* parts, int count)
    {
        if (count <= 1) return;
        var left = (int)BitOperations.RoundUpToPowerOf2((uint)count) / 2;
        Join(parts, left);
        Join(parts + (nint)left * width, count - left);
        Join(parts, parts + (nint)left * width, parts);
    }

    /// <summary>Applies what a reduction does last.</summary>
    internal readonly void Finish(T* values)
    {
        for (var j = 0; j < width; j += V.Count) V.Store(reducer.Finish(V.Load(values + j)), values + j);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void CloseLeaf()
    {
        var level = 0;
        for (; (leaves >> level & 1) == 1; level++) Join(Level(level), leaf, leaf);
        Unsafe.CopyBlockUnaligned(Level(level), leaf, (uint)(width * sizeof(T)));
        leaves++;
        rows = 0;
        Clear();
    }

    readonly V Rest(T* row, int start)
    {
        V part = default;
        Unsafe.CopyBlockUnaligned(&part, row + start, (uint)((columns - start) * sizeof(T)));
        return part;
    }

    readonly void Clear()
    {
        var identity = reducer.Identity<V>();
        for (var j = 0; j < width; j += V.Count) V.Store(identity, leaf + j);
    }

    readonly T* Level(int level) => leaf + (level + 1) * (nint)width;

    readonly void Join(T* left, T* right, T* to)
    {
        for (var j = 0; j < width; j += V.Count) V.Store(reducer.Combine(V.Load(left + j), V.Load(right + j)), to + j);
    }
}

/// <summary>What the trees of all reductions have in common.</summary>
static unsafe class ColumnTree
{
    /// <summary>Rows that are combined one after the other.</summary>
    internal const int RowsPerLeaf = 16;

    const int ElementsPerPart = 32 * 1024;
    const int MostParts = 512;

    /// <summary>Elements of a row with what fills up the last vector of the widest kind.</summary>
    internal static int Width<T>(int columns)
        where T : unmanaged => (columns + 64 / sizeof(T) - 1) / (64 / sizeof(T)) * (64 / sizeof(T));

    /// <summary>Elements of memory that a tree over so many rows needs.</summary>
    internal static long Memory<T>(int columns, nint rows)
        where T : unmanaged => (BitOperations.Log2((ulong)(rows / RowsPerLeaf + 1)) + 3L) * Width<T>(columns);

    /// <summary>The rows of one part of a matrix whose parts are combined apart: a number that depends on the shape alone.</summary>
    internal static nint RowsPerPart(nint rows, nint columns)
    {
        nint part = RowsPerLeaf;
        while (part < rows && (part * columns < ElementsPerPart || (rows + part - 1) / part > MostParts)) part *= 2;
        return part;
    }
}
