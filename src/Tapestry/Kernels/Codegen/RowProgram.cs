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
sealed record Place(PlaceKind Kind, int Number);

/// <summary>A step of a row program.</summary>
abstract record RowStage;

/// <summary>An elementwise kernel over the rows in work, or over one element of each of them.</summary>
/// <param name="Kernel">The kernel.</param>
/// <param name="Operands">Its inputs and results.</param>
/// <param name="IsPerRow">Whether it has one element for each row.</param>
/// <param name="Folds">What it reduces along the way.</param>
sealed record MapStage(MapKernel Kernel, Place[] Operands, bool IsPerRow, params FoldTarget[] Folds) : RowStage;

/// <summary>A reduction within the loop of a kernel.</summary>
/// <param name="Reducer">What combines the elements.</param>
/// <param name="OfRows">Whether rows are reduced, else columns.</param>
/// <param name="Destination">One element for each row in work, or the operand that receives the result of all rows.</param>
sealed record FoldTarget(TileReducer Reducer, bool OfRows, Place Destination);

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
    readonly Step[] steps;
    // Operands of all steps in order, with the bytes of an element.
    readonly Place[] allPlaces;
    readonly int[] sizes;
    readonly ColumnTotal[] columnTotals;
    readonly int storedCount;
    readonly int slotCount;
    readonly int mostRowFolds;
    readonly int rowsInWork;
    readonly nint rowsPerPart;

    internal RowProgram(nint rows, int columns, int elementSize, MatrixForm[] operands, RowStage[] stages, int storedCount, int slotCount)
    {
        (this.rows, this.columns, this.elementSize, this.operands, this.stages, this.storedCount, this.slotCount) = (rows, columns, elementSize, operands, stages, storedCount, slotCount);
        steps = Array.ConvertAll(stages, StepOf);
        var (places, bytes, columnReductions) = (new List<Place>(), new List<int>(), new List<ColumnReduction>());
        var most = MostRowsInWork;
        foreach (var stage in stages)
        {
            AddPlaces(stage, places, bytes);
            if (stage is ColumnReduction reduction) columnReductions.Add(reduction);
            if (stage is not MapStage map) continue;
            var rowFolds = 0;
            foreach (var fold in map.Folds)
            {
                if (fold.OfRows)
                {
                    rowFolds++;
                    continue;
                }

                columnReductions.Add(new ColumnReduction(fold.Reducer, fold.Destination, fold.Destination.Number));
                // What a loop combines stays within a leaf of the tree.
                most = ColumnTree.RowsPerLeaf;
            }

            mostRowFolds = Math.Max(mostRowFolds, rowFolds);
        }

        (allPlaces, sizes) = ([.. places], [.. bytes]);
        rowsInWork = 1;
        while (rowsInWork < most && rowsInWork * 2 * columns <= ElementsInWork) rowsInWork *= 2;
        rowsPerPart = columnReductions.Count > 0 ? ColumnTree.RowsPerPart(rows, columns) : rowsInWork;
        columnTotals = new ColumnTotal[columnReductions.Count];
        for (var i = 0; i < columnTotals.Length; i++)
        {
            // In the order in which the steps come to them.
            var reducer = columnReductions[i].Reducer;
            columnTotals[i] = new ColumnTotal(reducer, columnReductions[i].Operand, Aligned(reducer.ColumnMemory(columns, rowsPerPart)), reducer.PartSize(columns));
        }
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
        foreach (var total in columnTotals) partBytes += (long)parts * total.PartSize;
        var results = partBytes == 0 ? null : ScratchMemory.Get<byte>(ScratchMemory.Purpose.ColumnParts, partBytes);
        var work = new Parts(this, places, results, parts);
        LoopChunks.RunItems(parts, rowsPerPart * columns, ref work);
        foreach (var total in columnTotals)
        {
            total.Reducer.JoinColumns(results, parts, columns, places[total.Operand]);
            results += (long)parts * total.PartSize;
        }
    }

    void Part(byte** places, nint part, byte* results, int parts)
    {
        var units = Aligned(((long)storedCount * rowsInWork * columns + slotCount * SlotElements) * elementSize);
        var stored = ScratchMemory.Get<byte>(ScratchMemory.Purpose.Stages, units + (long)mostRowFolds * rowsInWork * RestMask.UnitBytes);
        long treeBytes = 0;
        foreach (var total in columnTotals) treeBytes += total.TreeSize;
        var trees = treeBytes == 0 ? null : ScratchMemory.Get<byte>(ScratchMemory.Purpose.Columns, treeBytes);
        var tree = trees;
        foreach (var total in columnTotals)
        {
            total.Reducer.BeginColumns(tree, columns);
            tree += total.TreeSize;
        }

        var cursors = stackalloc Cursor[allPlaces.Length];
        Locate(places, stored, cursors);
        var last = Math.Min((part + 1) * rowsPerPart, rows);
        for (var row = part * rowsPerPart; row < last; row += rowsInWork) Block(cursors, row, (int)Math.Min(rowsInWork, last - row), trees, stored + units);

        tree = trees;
        foreach (var total in columnTotals)
        {
            total.Reducer.EndColumns(tree, columns, results + part * total.PartSize);
            tree += total.TreeSize;
            results += (long)parts * total.PartSize;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Block(Cursor* cursors, nint row, int count, byte* tree, byte* units)
    {
        var starts = stackalloc byte*[MapKernel.MostOperands];
        var strides = stackalloc nint[MapKernel.MostOperands];
        var destinations = stackalloc byte*[MapKernel.MostOperands];
        var next = 0;
        foreach (ref readonly var step in steps.AsSpan())
        {
            for (var i = 0; i < step.OperandCount; i++, cursors++)
            {
                starts[i] = cursors->Start + row * cursors->Advance;
                strides[i] = cursors->Stride;
            }

            switch (step.Kind)
            {
                case StepKind.Map:
                    step.Kernel!.Invoke(starts, strides, count, columns, overlaps: true);
                    break;
                case StepKind.MapAndFold:
                    var kernelOperands = step.OperandCount - step.Folds.Length;
                    var unit = units;
                    for (var i = 0; i < step.Folds.Length; i++)
                    {
                        ref readonly var fold = ref step.Folds[i];
                        destinations[i] = starts[kernelOperands + i];
                        if (fold.OfRows)
                        {
                            starts[kernelOperands + i] = unit;
                            strides[kernelOperands + i] = RestMask.UnitBytes;
                            unit += (nint)rowsInWork * RestMask.UnitBytes;
                        }
                        else
                        {
                            starts[kernelOperands + i] = fold.Reducer.OpenColumns(tree, count);
                            strides[kernelOperands + i] = 0;
                            tree += columnTotals[next++].TreeSize;
                        }
                    }

                    step.Kernel!.Invoke(starts, strides, count, columns, overlaps: true);
                    for (var i = 0; i < step.Folds.Length; i++)
                    {
                        if (step.Folds[i].OfRows) step.Folds[i].Reducer.FinishRows(starts[kernelOperands + i], count, destinations[i]);
                    }

                    break;
                case StepKind.MapPerRow:
                    step.Kernel!.Invoke(starts, strides, 1, count, overlaps: true);
                    break;
                case StepKind.MapPaddedRows:
                    // Elements behind the last row may be computed where they hurt nobody.
                    step.Kernel!.Invoke(starts, strides, 1, (count + step.Kernel.Lanes - 1) & -step.Kernel.Lanes, overlaps: true);
                    break;
                case StepKind.ReduceRows:
                    step.Reducer!.Rows(starts[0], strides[0], count, columns, starts[1]);
                    break;
                default:
                    step.Reducer!.AddColumns(tree, columns, starts[0], strides[0], count);
                    tree += columnTotals[next++].TreeSize;
                    break;
            }
        }
    }

    bool IsPadded(MapStage map)
    {
        for (var i = 0; i < map.Operands.Length; i++)
        {
            if (map.Operands[i].Kind == PlaceKind.Operand && operands[map.Operands[i].Number] != MatrixForm.Scalar) return false;
        }

        return true;
    }

    Step StepOf(RowStage stage) => stage switch
    {
        MapStage { Folds.Length: > 0 } map => new Step(StepKind.MapAndFold, map.Operands.Length + map.Folds.Length, map.Kernel, null, map.Folds),
        MapStage map => new Step(map.IsPerRow ? IsPadded(map) ? StepKind.MapPaddedRows : StepKind.MapPerRow : StepKind.Map, map.Operands.Length, map.Kernel, null, []),
        RowReduction reduction => new Step(StepKind.ReduceRows, 2, null, reduction.Reducer, []),
        ColumnReduction reduction => new Step(StepKind.ReduceColumns, 1, null, reduction.Reducer, []),
        _ => throw new ArgumentException($"{stage} is no step of a row program."),
    };

    void AddPlaces(RowStage stage, List<Place> places, List<int> bytes)
    {
        switch (stage)
        {
            case MapStage map:
                places.AddRange(map.Operands);
                foreach (var fold in map.Folds) places.Add(fold.Destination);
                for (var i = 0; i < map.Operands.Length; i++) bytes.Add(map.Kernel.Program.SizeOf(i));
                break;
            case RowReduction reduction:
                places.Add(reduction.Source);
                places.Add(reduction.Destination);
                break;
            case ColumnReduction reduction:
                places.Add(reduction.Source);
                break;
        }

        while (bytes.Count < places.Count) bytes.Add(elementSize);
    }

    // Where each operand of each step begins, for one thread.
    void Locate(byte** places, byte* stored, Cursor* cursors)
    {
        for (var i = 0; i < allPlaces.Length; i++)
        {
            var (place, size) = (allPlaces[i], sizes[i]);
            cursors[i] = place.Kind switch
            {
                PlaceKind.Stored => new Cursor(stored + (nint)place.Number * rowsInWork * columns * elementSize, 0, (nint)columns * size),
                PlaceKind.RowSlot => new Cursor(stored + ((nint)storedCount * rowsInWork * columns + place.Number * SlotElements) * elementSize, 0, size),
                _ => At(places[place.Number], operands[place.Number] switch { MatrixForm.Full => (nint)columns * size, MatrixForm.PerRow => size, _ => 0 }),
            };
        }

        static Cursor At(byte* start, nint stride) => new(start, stride, stride);
    }

    static long Aligned(long bytes) => (bytes + 63) / 64 * 64;

    readonly struct Parts(RowProgram program, byte** places, byte* results, int parts) : IItemBody
    {
        public void Invoke(nint item) => program.Part(places, item, results, parts);
    }

    /// <summary>What one step does.</summary>
    enum StepKind : byte
    {
        Map,
        MapAndFold,
        MapPerRow,
        MapPaddedRows,
        ReduceRows,
        ReduceColumns,
    }

    /// <summary>A stage as the loop over rows sees it.</summary>
    sealed record Step(StepKind Kind, int OperandCount, MapKernel? Kernel, TileReducer? Reducer, FoldTarget[] Folds);

    /// <summary>A reduction of columns: the operand it goes to, bytes of its tree on each thread, bytes of the result of each part.</summary>
    sealed record ColumnTotal(TileReducer Reducer, int Operand, long TreeSize, int PartSize);

    /// <summary>An operand: where it begins, bytes from row to row of the matrix, and from row to row of what is in work.</summary>
    readonly struct Cursor(byte* start, nint advance, nint stride)
    {
        internal readonly byte* Start = start;
        internal readonly nint Advance = advance, Stride = stride;
    }
}
