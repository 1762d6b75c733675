using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tapestry.Kernels.Codegen;
using Tapestry.Kernels.Simd;

namespace Tapestry.Kernels.Loops;

/// <summary>A reduction that fused programs call for tiles: the same tree of combinations as <see cref="ReduceLoop"/>, so the same bits.</summary>
abstract unsafe class TileReducer
{
    /// <summary>The reducer of a kind for some lanes.</summary>
    internal static TileReducer Create<TReducer>(TReducer reducer, LaneType lanes)
        where TReducer : unmanaged, IReducer => lanes switch
        {
            LaneType.Float32 => Widest<TReducer, float>(reducer),
            LaneType.Float64 => Widest<TReducer, double>(reducer),
            LaneType.Int32 => Widest<TReducer, int>(reducer),
            _ => Widest<TReducer, long>(reducer),
        };

    /// <summary>Reduces each row to one element.</summary>
    /// <param name="source">The first row.</param>
    /// <param name="rowStride">Bytes from row to row.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">Elements of a row.</param>
    /// <param name="destination">One element a row.</param>
    internal abstract void Rows(byte* source, nint rowStride, nint rows, nint columns, byte* destination);

    /// <summary>Bytes that combining so many rows element by element needs.</summary>
    internal abstract long ColumnMemory(int columns, nint rows);

    /// <summary>Bytes of one partial result.</summary>
    internal abstract int PartSize(int columns);

    /// <summary>Starts combining rows in memory of <see cref="ColumnMemory"/> bytes.</summary>
    internal abstract void BeginColumns(byte* memory, int columns);

    /// <summary>Combines more rows.</summary>
    internal abstract void AddColumns(byte* memory, int columns, byte* source, nint rowStride, nint rows);

    /// <summary>Writes the partial result of all rows so far.</summary>
    internal abstract void EndColumns(byte* memory, int columns, byte* part);

    /// <summary>Combines partial results and writes the elements of the result.</summary>
    internal abstract void JoinColumns(byte* parts, int count, int columns, byte* destination);

    static TileReducer Widest<TReducer, T>(TReducer reducer)
        where TReducer : unmanaged, IReducer
        where T : unmanaged
    {
        if (Vector512.IsHardwareAccelerated) return new TileReducer<TReducer, Lanes512<T>, T>(reducer);
        return Vector256.IsHardwareAccelerated ? new TileReducer<TReducer, Lanes256<T>, T>(reducer) : new TileReducer<TReducer, Lanes128<T>, T>(reducer);
    }
}

/// <summary>The reduction at one width of vectors. The state of a tree of columns stands in front of its memory.</summary>
sealed unsafe class TileReducer<TReducer, V, T>(TReducer reducer) : TileReducer
    where TReducer : unmanaged, IReducer
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged
{
    const int StateSize = 128;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal override void Rows(byte* source, nint rowStride, nint rows, nint columns, byte* destination)
    {
        for (nint row = 0; row < rows; row++)
            ReduceLoop.WriteResult<TReducer, V, T, T>(reducer, ReduceLoop.Row<TReducer, V, T, T>(reducer, (T*)(source + row * rowStride), columns), (T*)destination + row);
    }

    internal override long ColumnMemory(int columns, nint rows) => StateSize + ColumnTree.Memory<T>(columns, rows) * sizeof(T);

    internal override int PartSize(int columns) => ColumnTree.Width<T>(columns) * sizeof(T);

    internal override void BeginColumns(byte* memory, int columns)
    {
        Debug.Assert(sizeof(ColumnTree<TReducer, V, T>) <= StateSize, "The state of a tree fits in front of it.");
        var tree = new ColumnTree<TReducer, V, T>(reducer, (T*)(memory + StateSize), columns);
        tree.Begin();
        *(ColumnTree<TReducer, V, T>*)memory = tree;
    }

    internal override void AddColumns(byte* memory, int columns, byte* source, nint rowStride, nint rows) =>
        ((ColumnTree<TReducer, V, T>*)memory)->Add((T*)source, rowStride / sizeof(T), rows);

    internal override void EndColumns(byte* memory, int columns, byte* part) => ((ColumnTree<TReducer, V, T>*)memory)->End((T*)part);

    internal override void JoinColumns(byte* parts, int count, int columns, byte* destination)
    {
        var tree = new ColumnTree<TReducer, V, T>(reducer, null, columns);
        tree.Join((T*)parts, count);
        tree.Finish((T*)parts);
        new ReadOnlySpan<T>(parts, columns).CopyTo(new Span<T>(destination, columns));
    }
}
