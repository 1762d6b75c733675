using System.Numerics;
using System.Runtime.CompilerServices;
using Tapestry.Kernels.Threading;

namespace Tapestry.Kernels.Gemm;

/// <summary>
/// A product cut into blocks that fit the caches: the right operand is packed into panels once and shared; then every work item packs a block of rows
/// of the left operand for itself and runs the micro-kernel over it.
/// </summary>
/// <remarks>
/// k is cut by shape alone and every element of C sums its k blocks in order, so the cut into work items does not change a bit of the result.
/// </remarks>
static unsafe class GemmDriver<T, TVector, TUnit>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TUnit : struct, IVectorUnit<T, TVector>
{
    // Bytes of one column of a k block: a panel of the right operand (k block × two vectors) streams from the second cache, a tile's left panel stays in the first.
    const int StepBytes = 1536;

    // The packed right operand must stay in the last cache, a left block in the second.
    const long RightBytes = 8 << 20;
    const int LeftPanels = 16;

    // A left operand is read in place if so few panels of columns use it that packing does not pay; more of them if its rows do not all fall into the same
    // cache sets, which they do when their distance is a multiple of a page.
    const int DirectLeftPanels = 3;
    const int DirectRowPanels = 12;

    // Packing reads this many panels side by side, some steps at a time, so that it walks along the rows of the right operand and not down its columns.
    const int PackGroup = 8;
    const int PackStretch = 16;

    /// <summary>Below this many multiply-adds the fork costs more than it gains.</summary>
    const double ForkWork = 2e6;

    /// <summary>A work item should have at least this many multiply-adds.</summary>
    const double ItemWork = 1e6;

    /// <summary>A product whose k is this long, and long compared with its other dimensions, is cut along k.</summary>
    const int SplitSteps = 4096;

    /// <summary>Every part has a whole result to itself, which must not become too large.</summary>
    const long SplitElements = 1 << 19;

    /// <summary>Left panels of an item that has a part of k for itself.</summary>
    const int SplitLeftPanels = 32;

    const int JoinRows = 16;

    internal static int PanelWidth => 2 * TUnit.Count;

    /// <summary>C = epilogue(A·B [+ C]).</summary>
    internal static void Run<TLeft, TRight, TResult>(int m, int n, int k, in TLeft left, in TRight right, in TResult result, bool accumulate, in PinnedEpilogue<T> epilogue)
        where TLeft : struct, ILeftOperand<T>
        where TRight : struct, IRightOperand<T>
        where TResult : struct, IProductResult<T>
    {
        if (m == 0 || n == 0)
            return;
        if (k == 0)
        {
            FinishWithoutProduct(m, n, result, accumulate, epilogue);
            return;
        }

        if (k >= SplitSteps && k / 8 >= Math.Max(m, n) && (long)m * n <= SplitElements && (double)m * n * k >= ForkWork)
        {
            RunSplit(m, n, k, left, right, result, accumulate, epilogue);
            return;
        }

        RunWhole(m, n, k, left, right, result, accumulate, epilogue, isPart: false);
    }

    /// <summary>
    /// Few tiles and a long sum: parts of k are summed apart, so that all threads have work and each walks through its stretch of both operands once, and
    /// added in order. The cut depends on the shape only.
    /// </summary>
    static void RunSplit<TLeft, TRight, TResult>(int m, int n, int k, in TLeft left, in TRight right, in TResult result, bool accumulate, in PinnedEpilogue<T> epilogue)
        where TLeft : struct, ILeftOperand<T>
        where TRight : struct, IRightOperand<T>
        where TResult : struct, IProductResult<T>
    {
        int parts = k >= 4 * SplitSteps ? 8 : 4;
        var body = new SplitBody<TLeft, TRight> { M = m, N = n, K = k, Parts = parts, Left = left, Right = right, Sums = ScratchMemory.Get<T>(ScratchMemory.Purpose.PartialSums, (long)parts * m * n) };
        WorkerPool.Run(parts, ref body);
        var join = new JoinBody<TResult> { M = m, N = n, Parts = parts, Sums = body.Sums, Result = result, Accumulate = accumulate, Epilogue = epilogue };
        Spread((m + JoinRows - 1) / JoinRows, (double)m * n * parts * 8, ref join);
    }

    static void RunWhole<TLeft, TRight, TResult>(int m, int n, int k, in TLeft left, in TRight right, in TResult result, bool accumulate, in PinnedEpilogue<T> epilogue, bool isPart)
        where TLeft : struct, ILeftOperand<T>
        where TRight : struct, IRightOperand<T>
        where TResult : struct, IProductResult<T>
    {
        int blockLimit = StepBytes / sizeof(T);
        int blocks = Math.Max(1, (k + blockLimit / 2) / blockLimit);
        int blockSteps = (k + blocks - 1) / blocks;

        int rowPanels = (m + TUnit.Rows - 1) / TUnit.Rows;
        bool direct = right.TryDirect(out T* origin, out nint rightStep) && (rowPanels <= 2 || rightStep == PanelWidth);

        // Chunks of k and n bound the memory of the packed right operand.
        int chunkSteps = k, chunkColumns = n;
        long capacity = RightBytes / sizeof(T);
        if (!direct && (long)k * n > capacity)
        {
            chunkSteps = Math.Min(k, blockSteps * Math.Max(1, 4096 / blockSteps));
            chunkColumns = (int)Math.Min(n, Math.Max(PanelWidth, capacity / chunkSteps / PanelWidth * PanelWidth));
        }

        for (int column = 0; column < n; column += chunkColumns)
        {
            int columns = Math.Min(chunkColumns, n - column);
            int columnPanels = (columns + PanelWidth - 1) / PanelWidth;
            int firstPacked = !direct ? 0 : columns % TUnit.Count == 0 ? columnPanels : columnPanels - 1;
            for (int step = 0; step < k; step += chunkSteps)
            {
                int steps = Math.Min(chunkSteps, k - step);
                var tiles = new TileBody<TLeft, TResult>
                {
                    Left = left,
                    Rows = m,
                    RowPanels = rowPanels,
                    ColumnPanels = columnPanels,
                    Shape = new ChunkShape { Column = column, Columns = columns, FirstPacked = firstPacked, Step = step, Steps = steps, BlockSteps = blockSteps },
                    Direct = origin,
                    DirectStep = rightStep,
                    Result = result,
                    Accumulate = accumulate || step > 0,
                    Last = step + steps == k,
                    Epilogue = epilogue,
                };
                if (firstPacked < columnPanels)
                {
                    int packedPanels = columnPanels - firstPacked;
                    tiles.Packed = ScratchMemory.Get<T>(ScratchMemory.Purpose.Right, (long)packedPanels * PanelWidth * steps);
                    var pack = new PackBody<TRight>
                    {
                        Right = right,
                        Shape = tiles.Shape,
                        PackedPanels = packedPanels,
                        Groups = (packedPanels + PackGroup - 1) / PackGroup,
                        Stretch = right.TryDirect(out _, out _) ? PackStretch : blockSteps,
                        Destination = tiles.Packed,
                    };
                    Spread(pack.Groups * ((steps + blockSteps - 1) / blockSteps), (double)packedPanels * PanelWidth * steps * 64, ref pack);
                }

                double work = (double)m * columns * steps;
                if (isPart)
                {
                    tiles.RowBlocks = (rowPanels + SplitLeftPanels - 1) / SplitLeftPanels;
                    tiles.ColumnBlocks = 1;
                }
                else
                {
                    Cut(work, ref tiles);
                }

                Spread(tiles.RowBlocks * tiles.ColumnBlocks, work, ref tiles);
            }
        }
    }

    /// <summary>Packs the whole right operand into panels of all its steps; panel q starts at q · panel width · k.</summary>
    internal static T* PackRight<TRight>(int n, int k, in TRight right, ScratchMemory.Purpose purpose = ScratchMemory.Purpose.Right)
        where TRight : struct, IRightOperand<T>
    {
        int panels = (n + PanelWidth - 1) / PanelWidth;
        T* packed = ScratchMemory.Get<T>(purpose, (long)panels * PanelWidth * k);
        var pack = new PackBody<TRight>
        {
            Right = right, Shape = new ChunkShape { Columns = n, Steps = k, BlockSteps = k }, PackedPanels = panels, Groups = (panels + PackGroup - 1) / PackGroup,
            Stretch = right.TryDirect(out _, out _) ? PackStretch : k, Destination = packed,
        };
        Spread(pack.Groups, (double)n * k * 64, ref pack);
        return packed;
    }

    /// <summary>Chooses how many work items a product becomes: blocks of rows small enough for the second cache, and enough of them for the threads.</summary>
    static void Cut<TLeft, TResult>(double work, ref TileBody<TLeft, TResult> tiles)
        where TLeft : struct, ILeftOperand<T>
        where TResult : struct, IProductResult<T>
    {
        int wanted = work < ForkWork ? 1 : (int)Math.Clamp(work / ItemWork, 2, 8);
        int rowBlocks = (tiles.RowPanels + LeftPanels - 1) / LeftPanels;
        int columnBlocks = 1;
        if (rowBlocks < wanted)
        {
            rowBlocks = Math.Max(rowBlocks, Math.Min(wanted, (tiles.RowPanels + 3) / 4));
            if (rowBlocks < wanted)
                columnBlocks = Math.Min(tiles.ColumnPanels, (wanted + rowBlocks - 1) / rowBlocks);
        }

        // An even number of items keeps two or four threads busy to the end.
        if (columnBlocks == 1 && rowBlocks is > 1 and < 32)
            rowBlocks = Math.Min(tiles.RowPanels, (rowBlocks + 3) / 4 * 4);
        tiles.RowBlocks = rowBlocks;
        tiles.ColumnBlocks = columnBlocks;
    }

    static void Spread<TBody>(int count, double work, ref TBody body)
        where TBody : struct, IParallelBody
    {
        if (work >= ForkWork)
        {
            WorkerPool.Run(count, ref body);
            return;
        }

        for (int i = 0; i < count; i++)
            body.Invoke(i);
    }

    static void FinishWithoutProduct<TResult>(int m, int n, in TResult result, bool accumulate, in PinnedEpilogue<T> epilogue)
        where TResult : struct, IProductResult<T>
    {
        T* zeros = stackalloc T[64];
        new Span<T>(zeros, 64).Clear();
        for (int i = 0; i < m; i++)
        {
            result.Locate(i, 1, out T* row, out _);
            for (int j = 0; j < n; j += 64)
                TileFinish<T, TVector, TUnit>.Run(zeros, 0, 1, Math.Min(64, n - j), row + j, 0, accumulate, epilogue.At(i, j));
        }
    }

    /// <summary>Finishes a tile whose rows lie in several stretches.</summary>
    internal static void FinishRows<TResult>(T* tile, int rows, int columns, in TResult result, int row, int column, bool accumulate, in PinnedEpilogue<T> epilogue)
        where TResult : struct, IProductResult<T>
    {
        for (int done = 0, now; done < rows; done += now)
        {
            now = result.Locate(row + done, rows - done, out T* c, out nint cRow);
            TileFinish<T, TVector, TUnit>.Run(tile + done * PanelWidth, PanelWidth, now, columns, c + column, cRow, accumulate, epilogue.IsEmpty ? default : epilogue.At(row + done, column));
        }
    }

    /// <summary>The part of a product that both phases must see alike.</summary>
    struct ChunkShape
    {
        internal int Column, Columns, FirstPacked, Step, Steps, BlockSteps;
    }

    /// <summary>Sums one part of k per index into its own matrix.</summary>
    struct SplitBody<TLeft, TRight> : IParallelBody
        where TLeft : struct, ILeftOperand<T>
        where TRight : struct, IRightOperand<T>
    {
        internal int M, N, K, Parts;
        internal TLeft Left;
        internal TRight Right;
        internal T* Sums;

        public readonly void Invoke(int index)
        {
            int start = (int)((long)index * K / Parts), end = (int)((long)(index + 1) * K / Parts);
            RunWhole(
                M, N, end - start, new LaterLeft<T, TLeft> { Operand = Left, FirstStep = start }, new LaterRight<T, TRight> { Operand = Right, FirstStep = start },
                new MatrixResult<T>(Sums + (nint)index * M * N, N), false, default, isPart: true);
        }
    }

    /// <summary>Adds the parts of some rows per index, in the order of the parts.</summary>
    struct JoinBody<TResult> : IParallelBody
        where TResult : struct, IProductResult<T>
    {
        internal int M, N, Parts;
        internal T* Sums;
        internal TResult Result;
        internal bool Accumulate;
        internal PinnedEpilogue<T> Epilogue;

        public readonly void Invoke(int index)
        {
            int first = index * JoinRows, end = Math.Min(M, first + JoinRows);
            T* sum = Sums + (nint)first * N;
            for (int part = 1; part < Parts; part++)
                TileFinish<T, TVector, TUnit>.Run(sum + (nint)part * M * N, N, end - first, N, sum, N, true, default);
            for (int i = first, now; i < end; i += now)
            {
                now = Result.Locate(i, end - i, out T* c, out nint cRow);
                TileFinish<T, TVector, TUnit>.Run(Sums + (nint)i * N, N, now, N, c, cRow, Accumulate, Epilogue.At(i, 0));
            }
        }
    }

    /// <summary>Packs a group of panels of one k block of the right operand per index.</summary>
    struct PackBody<TRight> : IParallelBody
        where TRight : struct, IRightOperand<T>
    {
        internal TRight Right;
        internal ChunkShape Shape;
        internal int PackedPanels, Groups, Stretch;
        internal T* Destination;

        public readonly void Invoke(int index)
        {
            int block = index / Groups, firstPanel = index % Groups * PackGroup, endPanel = Math.Min(PackedPanels, firstPanel + PackGroup);
            int start = block * Shape.BlockSteps, steps = Math.Min(Shape.BlockSteps, Shape.Steps - start);
            T* blockStart = Destination + (nint)start * PackedPanels * PanelWidth;
            for (int done = 0; done < steps; done += Stretch)
            {
                int now = Math.Min(Stretch, steps - done);
                for (int panel = firstPanel; panel < endPanel; panel++)
                {
                    int first = (Shape.FirstPacked + panel) * PanelWidth;
                    int columns = Math.Min(PanelWidth, Shape.Columns - first);
                    int width = columns <= TUnit.Count ? TUnit.Count : PanelWidth;
                    T* destination = blockStart + (nint)panel * PanelWidth * steps + (nint)done * width;
                    Right.Pack(Shape.Step + start + done, now, Shape.Column + first, columns, width, destination);
                }
            }
        }
    }

    /// <summary>Computes a block of rows times a block of columns of C per index, over the whole chunk of k.</summary>
    struct TileBody<TLeft, TResult> : IParallelBody
        where TLeft : struct, ILeftOperand<T>
        where TResult : struct, IProductResult<T>
    {
        internal ChunkShape Shape;
        internal TLeft Left;
        internal int Rows, RowPanels, RowBlocks, ColumnPanels, ColumnBlocks;
        internal T* Packed;
        internal T* Direct;
        internal nint DirectStep;
        internal TResult Result;
        internal bool Accumulate, Last;
        internal PinnedEpilogue<T> Epilogue;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke(int index)
        {
            int rowBlock = index / ColumnBlocks, columnBlock = index % ColumnBlocks;
            int firstRowPanel = (int)((long)rowBlock * RowPanels / RowBlocks), endRowPanel = (int)((long)(rowBlock + 1) * RowPanels / RowBlocks);
            int firstColumnPanel = (int)((long)columnBlock * ColumnPanels / ColumnBlocks), endColumnPanel = (int)((long)(columnBlock + 1) * ColumnPanels / ColumnBlocks);
            int packedWidth = (ColumnPanels - Shape.FirstPacked) * PanelWidth;
            int blockRows = PanelStart(endRowPanel) - PanelStart(firstRowPanel);

            bool directLeft = Left.TryDirect(out T* leftOrigin, out nint leftRow, out nint leftStep) && (Shape.FirstPacked > 0 || ReadInPlace(endColumnPanel - firstColumnPanel, leftRow, leftStep));
            T* leftPacked = directLeft ? null : ScratchMemory.Get<T>(ScratchMemory.Purpose.Left, (long)blockRows * Math.Min(Shape.BlockSteps, Shape.Steps));
            T* tile = stackalloc T[TUnit.Rows * PanelWidth];

            for (int start = 0; start < Shape.Steps; start += Shape.BlockSteps)
            {
                int steps = Math.Min(Shape.BlockSteps, Shape.Steps - start);
                bool accumulate = Accumulate || start > 0;
                bool finish = Last && start + steps == Shape.Steps && !Epilogue.IsEmpty;
                if (!directLeft)
                {
                    T* panel = leftPacked;
                    for (int p = firstRowPanel; p < endRowPanel; p++)
                    {
                        int row = PanelStart(p), rows = PanelStart(p + 1) - row;
                        Left.Pack(row, rows, Shape.Step + start, steps, panel);
                        panel += (nint)rows * steps;
                    }
                }

                for (int q = firstColumnPanel; q < endColumnPanel; q++)
                {
                    int column = q * PanelWidth, columns = Math.Min(PanelWidth, Shape.Columns - column);
                    int vectors = columns <= TUnit.Count ? 1 : 2;
                    bool ragged = columns != vectors * TUnit.Count;
                    T* right;
                    nint rightStep;
                    if (q < Shape.FirstPacked)
                    {
                        right = Direct + (nint)(Shape.Step + start) * DirectStep + Shape.Column + column;
                        rightStep = DirectStep;
                    }
                    else
                    {
                        right = Packed + (nint)start * packedWidth + (nint)(q - Shape.FirstPacked) * PanelWidth * steps;
                        rightStep = vectors * TUnit.Count;
                    }

                    T* panel = leftPacked;
                    for (int p = firstRowPanel; p < endRowPanel; p++)
                    {
                        int row = PanelStart(p), rows = PanelStart(p + 1) - row;
                        T* a = panel;
                        nint aRow = 1, aStep = rows;
                        if (directLeft)
                        {
                            a = leftOrigin + row * leftRow + (Shape.Step + start) * leftStep;
                            aRow = leftRow;
                            aStep = leftStep;
                        }

                        if (Result.Locate(row, rows, out T* c, out nint cRow) < rows)
                        {
                            MicroKernel<T, TVector, TUnit>.Run(rows, vectors, steps, a, aRow, aStep, right, rightStep, tile, PanelWidth, false);
                            FinishRows(tile, rows, columns, Result, row, Shape.Column + column, accumulate, finish ? Epilogue : default);
                            panel += (nint)rows * steps;
                            continue;
                        }

                        c += Shape.Column + column;
                        if (ragged || finish)
                        {
                            MicroKernel<T, TVector, TUnit>.Run(rows, vectors, steps, a, aRow, aStep, right, rightStep, tile, PanelWidth, false);
                            PinnedEpilogue<T> epilogue = finish ? Epilogue.At(row, Shape.Column + column) : default;
                            TileFinish<T, TVector, TUnit>.Run(tile, PanelWidth, rows, columns, c, cRow, accumulate, epilogue);
                        }
                        else
                        {
                            MicroKernel<T, TVector, TUnit>.Run(rows, vectors, steps, a, aRow, aStep, right, rightStep, c, cRow, accumulate);
                        }

                        panel += (nint)rows * steps;
                    }
                }
            }
        }

        static bool ReadInPlace(int columnPanels, nint rowStride, nint stepStride) =>
            columnPanels <= DirectLeftPanels || (columnPanels <= DirectRowPanels && stepStride == 1 && rowStride * sizeof(T) % 4096 != 0);

        /// <summary>Panels have equal heights up to one row, so that none is too low to keep the multipliers busy.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly int PanelStart(int panel) => (int)((long)panel * Rows / RowPanels);
    }
}
