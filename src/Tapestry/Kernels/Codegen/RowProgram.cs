using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Threading;

namespace Tapestry.Kernels.Codegen;

/// <summary>How an operand of a row program lies over its matrix.</summary>
enum MatrixForm : byte
{
    /// <summary>An element for each row and column.</summary>
    Full,

    /// <summary>An element for each row.</summary>
    PerRow,

    /// <summary>An element for each column.</summary>
    PerColumn,

    /// <summary>One element.</summary>
    Scalar,
}

/// <summary>Where a value of a row program is.</summary>
enum PlaceKind : byte
{
    /// <summary>In an operand of the program.</summary>
    Operand,

    /// <summary>In memory for some rows at a time.</summary>
    Stored,

    /// <summary>In memory for one element of each of these rows.</summary>
    RowSlot,
}

/// <summary>A place by its number.</summary>
readonly record struct Place(PlaceKind Kind, int Number);

/// <summary>A step of a row program.</summary>
abstract record RowStage;

/// <summary>An elementwise kernel over the rows in work, or over one element of each of them.</summary>
/// <param name="Kernel">The kernel.</param>
/// <param name="Operands">Its inputs and results.</param>
/// <param name="IsPerRow">Whether it has one element for each row.</param>
sealed record MapStage(MapKernel Kernel, Place[] Operands, bool IsPerRow) : RowStage;

/// <summary>A reduction of each row.</summary>
/// <param name="Reducer">What combines the elements.</param>
/// <param name="Source">The rows.</param>
/// <param name="Destination">One element a row.</param>
sealed record RowReduction(TileReducer Reducer, Place Source, Place Destination) : RowStage;

/// <summary>A reduction of each column, complete when all rows are.</summary>
/// <param name="Reducer">What combines the elements.</param>
/// <param name="Source">The rows.</param>
/// <param name="Operand">The operand that receives the result.</param>
sealed record ColumnReduction(TileReducer Reducer, Place Source, int Operand) : RowStage;

/// <summary>
/// Several passes over some rows while these are in a near cache: elementwise kernels, reductions of rows whose results the next kernel reads, and
/// reductions of columns. Softmax, normalisations and the gradients of biases are of this kind.
/// </summary>
[SkipLocalsInit]
sealed unsafe class RowProgram
{
    const int ElementsInWork = 4096;
    const int MostRowsInWork = 64;
    const int SlotElements = 64;

    readonly nint rows;
    readonly int columns;
    readonly int elementSize;
    readonly MatrixForm[] operands;
    readonly RowStage[] stages;
    readonly ColumnReduction[] columnReductions;
    readonly int storedCount;
    readonly int slotCount;
    readonly int rowsInWork;
    readonly nint rowsPerPart;

    internal RowProgram(nint rows, int columns, int elementSize, MatrixForm[] operands, RowStage[] stages, int storedCount, int slotCount)
    {
        (this.rows, this.columns, this.elementSize, this.operands, this.stages, this.storedCount, this.slotCount) = (rows, columns, elementSize, operands, stages, storedCount, slotCount);
        columnReductions = [.. stages.OfType<ColumnReduction>()];
        rowsInWork = 1;
        while (rowsInWork < MostRowsInWork && rowsInWork * 2 * columns <= ElementsInWork) rowsInWork *= 2;
        rowsPerPart = columnReductions.Length > 0 ? ColumnTree.RowsPerPart(rows, columns) : rowsInWork;
    }

    /// <summary>The largest rows that such programs are made for: several of them lie in the second cache level.</summary>
    internal static int MostColumns => 16 * 1024;

    /// <summary>The steps, for descriptions.</summary>
    internal IReadOnlyList<RowStage> Stages => stages;

    /// <summary>Runs over operands that begin at these places.</summary>
    internal void Run(byte** places)
    {
        if (rows == 0 || columns == 0) return;
        var parts = (int)((rows + rowsPerPart - 1) / rowsPerPart);
        long partBytes = 0;
        foreach (var reduction in columnReductions) partBytes += (long)parts * reduction.Reducer.PartSize(columns);
        var results = partBytes == 0 ? null : ScratchMemory.Get<byte>(ScratchMemory.Purpose.ColumnParts, partBytes);
        var work = new Parts(this, places, results, parts);
        LoopChunks.RunItems(parts, rowsPerPart * columns, ref work);
        foreach (var reduction in columnReductions)
        {
            reduction.Reducer.JoinColumns(results, parts, columns, places[reduction.Operand]);
            results += (long)parts * reduction.Reducer.PartSize(columns);
        }
    }

    void Part(byte** places, nint part, byte* results, int parts)
    {
        var stored = ScratchMemory.Get<byte>(ScratchMemory.Purpose.Stages, ((long)storedCount * rowsInWork * columns + slotCount * SlotElements) * elementSize);
        long treeBytes = 0;
        foreach (var reduction in columnReductions) treeBytes += Aligned(reduction.Reducer.ColumnMemory(columns, rowsPerPart));
        var trees = treeBytes == 0 ? null : ScratchMemory.Get<byte>(ScratchMemory.Purpose.Columns, treeBytes);
        var tree = trees;
        foreach (var reduction in columnReductions)
        {
            reduction.Reducer.BeginColumns(tree, columns);
            tree += Aligned(reduction.Reducer.ColumnMemory(columns, rowsPerPart));
        }

        var last = Math.Min((part + 1) * rowsPerPart, rows);
        for (var row = part * rowsPerPart; row < last; row += rowsInWork) Block(places, row, (int)Math.Min(rowsInWork, last - row), stored, trees);

        tree = trees;
        foreach (var reduction in columnReductions)
        {
            reduction.Reducer.EndColumns(tree, columns, results + part * reduction.Reducer.PartSize(columns));
            tree += Aligned(reduction.Reducer.ColumnMemory(columns, rowsPerPart));
            results += (long)parts * reduction.Reducer.PartSize(columns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Block(byte** places, nint row, int count, byte* stored, byte* tree)
    {
        var starts = stackalloc byte*[MapKernel.MostOperands];
        var strides = stackalloc nint[MapKernel.MostOperands];
        foreach (var stage in stages)
        {
            switch (stage)
            {
                case MapStage map:
                    for (var i = 0; i < map.Operands.Length; i++) starts[i] = Start(map.Operands[i], places, row, stored, map.Kernel.Program.SizeOf(i), out strides[i]);
                    if (map.IsPerRow) map.Kernel.Invoke(starts, strides, 1, IsPadded(map) ? (count + map.Kernel.Lanes - 1) / map.Kernel.Lanes * map.Kernel.Lanes : count, overlaps: true);
                    else map.Kernel.Invoke(starts, strides, count, columns, overlaps: true);
                    break;
                case RowReduction reduction:
                    var source = Start(reduction.Source, places, row, stored, elementSize, out var stride);
                    reduction.Reducer.Rows(source, stride, count, columns, Start(reduction.Destination, places, row, stored, elementSize, out _));
                    break;
                case ColumnReduction reduction:
                    var added = Start(reduction.Source, places, row, stored, elementSize, out var apart);
                    reduction.Reducer.AddColumns(tree, columns, added, apart, count);
                    tree += Aligned(reduction.Reducer.ColumnMemory(columns, rowsPerPart));
                    break;
            }
        }
    }

    // Elements behind the last row may be computed where they hurt nobody.
    bool IsPadded(MapStage map)
    {
        for (var i = 0; i < map.Operands.Length; i++)
        {
            if (map.Operands[i].Kind == PlaceKind.Operand && operands[map.Operands[i].Number] != MatrixForm.Scalar) return false;
        }

        return true;
    }

    byte* Start(Place place, byte** places, nint row, byte* stored, int size, out nint stride)
    {
        switch (place.Kind)
        {
            case PlaceKind.Stored:
                stride = (nint)columns * size;
                return stored + (nint)place.Number * rowsInWork * columns * elementSize;
            case PlaceKind.RowSlot:
                stride = size;
                return stored + ((nint)storedCount * rowsInWork * columns + place.Number * SlotElements) * elementSize;
            default:
                stride = operands[place.Number] switch
                {
                    MatrixForm.Full => (nint)columns * size,
                    MatrixForm.PerRow => size,
                    _ => 0,
                };
                return places[place.Number] + row * stride;
        }
    }

    static long Aligned(long bytes) => (bytes + 63) / 64 * 64;

    readonly struct Parts(RowProgram program, byte** places, byte* results, int parts) : IItemBody
    {
        public void Invoke(nint item) => program.Part(places, item, results, parts);
    }
}
