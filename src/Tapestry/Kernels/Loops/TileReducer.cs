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

    /// <summary>How a loop combines elements by itself; null where that takes more than one instruction.</summary>
    internal abstract FoldForm? Form { get; }

    /// <summary>What is done to each element first, written into the program that is being recorded.</summary>
    internal abstract Recorder Map(Recorder value);

    /// <summary>Reduces the unit of lanes that a loop left for each row to one element.</summary>
    /// <param name="units">64 bytes a row.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="destination">One element a row.</param>
    internal abstract void FinishRows(byte* units, nint rows, byte* destination);

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

    /// <summary>Where a loop combines so many more rows by itself: all of one leaf.</summary>
    internal abstract byte* OpenColumns(byte* memory, int rows);

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

/// <summary>A reduction as instructions.</summary>
/// <param name="Combine">What joins two elements.</param>
/// <param name="Identity">The bits of the element that leaves others unchanged.</param>
sealed record FoldForm(Opcode Combine, long Identity);

/// <summary>The reduction at one width of vectors. The state of a tree of columns stands in front of its memory.</summary>
sealed unsafe class TileReducer<TReducer, V, T>(TReducer reducer) : TileReducer
    where TReducer : unmanaged, IReducer
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged
{
    const int StateSize = 128;

    internal override FoldForm? Form { get; } = FormOf(reducer);

    internal override Recorder Map(Recorder value) => reducer.Map(value);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal override void FinishRows(byte* units, nint rows, byte* destination)
    {
        var unit = RestMask.UnitBytes / sizeof(T);
        var folded = stackalloc T[RestMask.UnitBytes / sizeof(T)];
        for (nint row = 0; row < rows; row += V.Count)
        {
            var count = (int)Math.Min(V.Count, rows - row);
            for (var i = 0; i < count; i++) folded[i] = ReduceLoop.FoldLanes<TReducer, V, T>(reducer, (T*)units + (row + i) * unit, unit);
            V.Store(reducer.Finish(V.Load(folded)), folded);
            Unsafe.CopyBlockUnaligned((T*)destination + row, folded, (uint)(count * sizeof(T)));
        }
    }

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

    internal override byte* OpenColumns(byte* memory, int rows) => (byte*)((ColumnTree<TReducer, V, T>*)memory)->Open(rows);

    internal override void EndColumns(byte* memory, int columns, byte* part) => ((ColumnTree<TReducer, V, T>*)memory)->End((T*)part);

    internal override void JoinColumns(byte* parts, int count, int columns, byte* destination)
    {
        var tree = new ColumnTree<TReducer, V, T>(reducer, null, columns);
        tree.Join((T*)parts, count);
        tree.Finish((T*)parts);
        new ReadOnlySpan<T>(parts, columns).CopyTo(new Span<T>(destination, columns));
    }

    static FoldForm? FormOf(TReducer reducer)
    {
        var recording = new Recording(typeof(T) == typeof(float) ? LaneType.Float32 : typeof(T) == typeof(double) ? LaneType.Float64 : typeof(T) == typeof(int) ? LaneType.Int32 : LaneType.Int64);
        return recording.Write<FoldForm?>(() =>
        {
            Recorder left = recording.Input(0), right = recording.Input(1), identity = reducer.Identity<Recorder>(), combined = reducer.Combine(left, right);
            var combine = recording.Instructions[combined.Number];
            var isOne = combine.OperandCount == 2 && combine.A == left.Number && combine.B == right.Number && combine.Function is null;
            return isOne && recording.Instructions[identity.Number].Opcode == Opcode.Constant ? new FoldForm(combine.Opcode, recording.Instructions[identity.Number].Value) : null;
        });
    }
}
