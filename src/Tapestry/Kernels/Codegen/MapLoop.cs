using System.Diagnostics;
using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Threading;

namespace Tapestry.Kernels.Codegen;

/// <summary>How the operands of a map lie in memory, for one shape: dimensions from outermost to innermost, merged where they lie behind each other.</summary>
sealed class MapLayout
{
    MapLayout(nint[] extents, nint[][] strides)
    {
        Extents = extents;
        Strides = strides;
    }

    /// <summary>The dimensions; at least two, the last of which is the row.</summary>
    internal nint[] Extents { get; }

    /// <summary>Elements from one position of a dimension to the next, for each operand.</summary>
    internal nint[][] Strides { get; }

    /// <summary>The layout of operands that are broadcast to a shape.</summary>
    internal static MapLayout Of(int[] shape, IReadOnlyList<int[]> operands)
    {
        var strides = operands.Select(operand => BroadcastStrides(operand, shape.Length)).ToArray();
        var extents = new List<nint>();
        var merged = operands.Select(_ => new List<nint>()).ToArray();
        for (var d = 0; d < shape.Length; d++)
        {
            if (shape[d] == 1) continue;
            var joins = extents.Count > 0;
            for (var i = 0; i < strides.Length && joins; i++) joins = merged[i][^1] == strides[i][d] * shape[d];
            if (joins)
            {
                extents[^1] *= shape[d];
                for (var i = 0; i < strides.Length; i++) merged[i][^1] = strides[i][d];
                continue;
            }

            extents.Add(shape[d]);
            for (var i = 0; i < strides.Length; i++) merged[i].Add(strides[i][d]);
        }

        while (extents.Count < 2)
        {
            extents.Insert(0, 1);
            foreach (var list in merged) list.Insert(0, 0);
        }

        // A single element: whether it counts as a row or as one for all is the same, and a row is what results are.
        if (shape.All(extent => extent == 1))
        {
            extents = [1, 1];
            foreach (var list in merged) (list[0], list[1]) = (0, 1);
        }

        return new MapLayout([.. extents], [.. merged.Select(list => list.ToArray())]);
    }

    /// <summary>Whether one element of an operand serves a whole row.</summary>
    internal bool IsScalar(int operand) => Strides[operand][^1] == 0;

    // Dimensions of 1 are stretched; missing ones count as 1.
    static nint[] BroadcastStrides(int[] operand, int rank)
    {
        var strides = new nint[rank];
        nint stride = 1;
        for (var d = operand.Length - 1; d >= 0; d--)
        {
            strides[rank - operand.Length + d] = operand[d] == 1 ? 0 : stride;
            stride *= operand[d];
        }

        return strides;
    }
}

/// <summary>An elementwise kernel for operands of known shapes, shared out over the pool by pieces that depend on the shape alone.</summary>
[SkipLocalsInit]
sealed unsafe class MapLoop
{
    readonly MapKernel kernel;
    // For results that are larger than the caches.
    readonly MapKernel? streaming;
    readonly nint[] extents;
    readonly nint[][] strides;
    readonly nint[] rowStrides;
    readonly nint rows;
    readonly nint columns;
    readonly nint rowsPerPiece;
    readonly nint columnsPerPiece;

    internal MapLoop(MapProgram program, MapLayout layout)
    {
        Debug.Assert(program.OperandCount == layout.Strides.Length, "A layout has the operands of its program.");
        kernel = MapKernel.Of(program);
        extents = layout.Extents;
        strides = [.. layout.Strides.Select((operand, i) => operand.Select(stride => stride * program.SizeOf(i)).ToArray())];
        rowStrides = [.. strides.Select(operand => operand[^2])];
        columns = extents[^1];
        rows = 1;
        foreach (var extent in extents.AsSpan(0, extents.Length - 1)) rows *= extent;
        columnsPerPiece = columns >= 2 * LoopChunks.Size ? LoopChunks.Size : columns;
        rowsPerPiece = columnsPerPiece < columns ? 1 : Math.Max(1, LoopChunks.Size / Math.Max(1, columns));
        if (rows == 1 && columns * program.ElementSize >= StreamOutput.LeastBytes && program.Outputs.Any(output => !output.IsMask)) streaming = MapKernel.Of(program.Streaming());
    }

    /// <summary>The program.</summary>
    internal MapProgram Program => kernel.Program;

    /// <summary>Runs over inputs and results that begin at these places.</summary>
    internal void Run(byte** operands)
    {
        if (rows == 0 || columns == 0) return;
        var overlaps = !SharesMemory(operands);
        var streams = streaming is not null && overlaps && AreAligned(operands);
        if (rows * columns < LoopChunks.ParallelThreshold)
        {
            Piece(operands, 0, rows, 0, columns, overlaps, streams: false);
            return;
        }

        var pieces = new Pieces(this, operands, overlaps, streams);
        WorkerPool.Run((int)(((rows + rowsPerPiece - 1) / rowsPerPiece) * pieces.Across), ref pieces);
    }

    bool SharesMemory(byte** operands)
    {
        for (var output = Program.Inputs.Length; output < Program.OperandCount; output++)
        {
            for (var input = 0; input < Program.Inputs.Length; input++)
            {
                if (operands[output] == operands[input]) return true;
            }
        }

        return false;
    }

    // Pieces begin at cache lines where results do.
    bool AreAligned(byte** operands)
    {
        for (var output = Program.Inputs.Length; output < Program.OperandCount; output++)
        {
            if ((nint)operands[output] % RestMask.UnitBytes != 0) return false;
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Piece(byte** operands, nint firstRow, nint rowCount, nint column, nint columnCount, bool overlaps, bool streams)
    {
        var places = stackalloc byte*[MapKernel.MostOperands];
        fixed (nint* steps = rowStrides)
        {
            while (rowCount > 0)
            {
                // Rows within one position of the outer dimensions lie evenly apart.
                nint within = firstRow % extents[^2], outer = firstRow / extents[^2];
                var count = Math.Min(extents[^2] - within, rowCount);
                for (var i = 0; i < strides.Length; i++)
                {
                    var stride = strides[i];
                    var offset = within * stride[^2] + column * stride[^1];
                    var rest = outer;
                    for (var d = extents.Length - 3; d >= 0; d--)
                    {
                        offset += rest % extents[d] * stride[d];
                        rest /= extents[d];
                    }

                    places[i] = operands[i] + offset;
                }

                if (streams)
                {
                    var whole = columnCount - columnCount % kernel.Lanes;
                    streaming!.Invoke(places, steps, count, whole, overlaps);
                    Interlocked.MemoryBarrier();
                    if (whole < columnCount) Piece(operands, firstRow, count, column + whole, columnCount - whole, overlaps, streams: false);
                }
                else
                {
                    kernel.Invoke(places, steps, count, columnCount, overlaps);
                }

                firstRow += count;
                rowCount -= count;
            }
        }
    }

    readonly struct Pieces(MapLoop loop, byte** operands, bool overlaps, bool streams) : IParallelBody
    {
        internal nint Across => (loop.columns + loop.columnsPerPiece - 1) / loop.columnsPerPiece;

        public void Invoke(int index)
        {
            nint row = index / Across * loop.rowsPerPiece, column = index % Across * loop.columnsPerPiece;
            loop.Piece(operands, row, Math.Min(loop.rowsPerPiece, loop.rows - row), column, Math.Min(loop.columnsPerPiece, loop.columns - column), overlaps, streams);
        }
    }
}
