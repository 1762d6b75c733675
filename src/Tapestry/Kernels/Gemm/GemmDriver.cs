using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Tapestry.Kernels.Codegen;
using Tapestry.Kernels.Threading;

namespace Tapestry.Kernels.Gemm;

/// <summary>
/// A product cut into blocks that fit the caches. A work item is a part of the rows and columns of C with all of k; it packs what it needs of both
/// operands for itself, block by block, and runs the micro-kernel over it. Nothing packed is shared: what one core has just written another reads slowly.
/// </summary>
/// <remarks>
/// k is cut by shape alone and every element of C sums its k blocks in order, so the cut into work items does not change a bit of the result and may
/// depend on the number of threads.
/// </remarks>
static unsafe class GemmDriver<T, TVector, TUnit>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TUnit : struct, IVectorUnit<T, TVector>
{
    // What an item packs of the right operand at once must stay in the last cache, a block of the left one in a part of the second; packing more panels than
    // these at a time without multiplying was measured to be slow.
    const long RightBytes = 8 << 20;
    const int LeftBytes = 320 << 10;
    const int LeftPanels = 16;

    // A left operand is read in place if so few panels of columns use it that packing does not pay; more of them if its rows do not all fall into the same
    // cache sets, which they do when their distance is a multiple of a page, or if it is transposed and asked for ahead.
    const int DirectLeftPanels = 3;
    const int DirectRowPanels = 12;
    const int DirectTransposedPanels = 8;

    // Packing reads this many panels side by side, some steps at a time, so that it walks along the rows of the right operand and not down its columns.
    const int PackGroup = 8;
    const int PackGroupBytes = 256 << 10;
    const int PackStretch = 16;

    // So many panels of columns before the end of a block of rows, the next one is asked for; a smaller operand is near anyway.
    const int AheadPanels = 4;
    const long AheadBytes = 512 << 10;

    // Blocks of k are at least so long if rows of the left operand are gathered.
    const int GatheredBlockBytes = 4096;

    // A transposed left operand is read across all its rows, so a block of k must not be shorter than this for many of them; and not than the second where it is packed.
    const int ShortestBlock = 128;
    const int ShortestPackedBlock = 256;

    // Steps of a transposed left operand that lie so far apart fall into a few sets of the first cache, which then holds less than the panel that all columns read.
    // Packing pays for many steps: the result is added to once for each block of them.
    const int CrowdedStride = 2048;
    const int ManySteps = 1024;

    /// <summary>Below this many multiply-adds the fork costs more than it gains.</summary>
    const double ForkWork = 2e6;

    /// <summary>Cycles to pack an element of the left and of the right operand, in those that multiply it with one vector of columns or rows.</summary>
    const double LeftCost = 0.5, RightCost = 0.3;

    /// <summary>A work item of more rows than twice this is halved, so that threads which are disturbed have something to give away.</summary>
    const int PlentyOfRows = 1024;

    /// <summary>Every part has a whole result to itself, which must not become too large.</summary>
    const long SplitElements = 1 << 19;

    const int JoinRows = 16;

    /// <summary>A block is finished when it has so many bytes, or nothing follows: it is still in the second cache then, and its rows are long.</summary>
    const int FinishBytes = 32 << 10;

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

        bool fits = (long)m * n <= SplitElements;
        int parts = !Gemm.IsLong(m, n, k) || !fits || (double)m * n * k < ForkWork ? 1 : k >= 4 * Gemm.SplitSteps ? 8 : 4;
        bool direct = left.TryDirect(out T* leftOrigin, out nint leftRow, out nint leftStep) & right.TryDirect(out T* rightOrigin, out nint rightStep);
        if (direct && TUnit.FetchesAhead && Gemm.IsTall(m, n, k) && fits && leftRow == 1 && leftStep != 1)
            RunApart(n, m, k, parts, new LeftMatrix<T>(rightOrigin, 1, rightStep), new RightMatrix<T>(leftOrigin, leftStep, 1), isTurned: true, result, accumulate, epilogue);
        else if (direct && parts > 1)
            RunApart(m, n, k, parts, new LeftMatrix<T>(leftOrigin, leftRow, leftStep), new RightMatrix<T>(rightOrigin, rightStep, 1), isTurned: false, result, accumulate, epilogue);
        else if (parts > 1)
            RunApart(m, n, k, parts, left, right, isTurned: false, result, accumulate, epilogue);
        else
            RunWhole(m, n, k, left, right, result, accumulate, epilogue, isPart: false);
    }

    /// <summary>
    /// Few tiles and a long sum: parts of k are summed apart, so that all threads have work and each walks through its stretch of both operands once, and
    /// added in order. The cut depends on the shape only. If what is summed is the result's transpose, it is turned when it is added.
    /// </summary>
    static void RunApart<TLeft, TRight, TResult>(int m, int n, int k, int parts, in TLeft left, in TRight right, bool isTurned, in TResult result, bool accumulate, in PinnedEpilogue<T> epilogue)
        where TLeft : struct, ILeftOperand<T>
        where TRight : struct, IRightOperand<T>
        where TResult : struct, IProductResult<T>
    {
        T* sums = ScratchMemory.Get<T>(ScratchMemory.Purpose.PartialSums, (long)parts * m * n);
        if (parts == 1)
        {
            RunWhole(m, n, k, left, right, new MatrixResult<T>(sums, n), false, default, isPart: false);
        }
        else
        {
            var body = new SplitBody<TLeft, TRight> { M = m, N = n, K = k, Parts = parts, Left = left, Right = right, Sums = sums };
            WorkerPool.Run(parts, ref body);
        }

        int rows = isTurned ? n : m;
        var join = new JoinBody<TResult> { M = rows, N = isTurned ? m : n, Parts = parts, IsTurned = isTurned, Sums = sums, Result = result, Accumulate = accumulate, Epilogue = epilogue };
        WorkerPool.Run((rows + JoinRows - 1) / JoinRows, ref join, forks: (double)m * n * parts * 8 >= ForkWork);
    }

    static void RunWhole<TLeft, TRight, TResult>(int m, int n, int k, in TLeft left, in TRight right, in TResult result, bool accumulate, in PinnedEpilogue<T> epilogue, bool isPart)
        where TLeft : struct, ILeftOperand<T>
        where TRight : struct, IRightOperand<T>
        where TResult : struct, IProductResult<T>
    {
        int blockLimit = (left.GathersRows ? Math.Max(TUnit.BlockBytes, GatheredBlockBytes) : TUnit.BlockBytes) / sizeof(T);
        if (left.TryDirect(out _, out _, out nint leftStep) && leftStep != 1)
            blockLimit = Math.Clamp(TUnit.TransposedBytes / sizeof(T) / m, Math.Min(IsCrowded(leftStep, k) ? ShortestPackedBlock : ShortestBlock, blockLimit), blockLimit);
        int blocks = Math.Max(1, (k + blockLimit / 2) / blockLimit);
        int blockSteps = (k + blocks - 1) / blocks;

        int rowPanels = (m + TUnit.Rows - 1) / TUnit.Rows;
        bool direct = right.TryDirect(out T* origin, out nint rightStep) && (rowPanels <= 2 || rightStep == PanelWidth);

        // Chunks of n bound the memory of what is packed.
        int chunkColumns = direct ? n : (int)Math.Min(n, Math.Max(PanelWidth, RightBytes / sizeof(T) / blockSteps / PanelWidth * PanelWidth));
        for (int column = 0; column < n; column += chunkColumns)
        {
            int columns = Math.Min(chunkColumns, n - column);
            int columnPanels = (columns + PanelWidth - 1) / PanelWidth;
            var tiles = new TileBody<TLeft, TRight, TResult>
            {
                Left = left,
                Right = right,
                Rows = m,
                RowPanels = rowPanels,
                RowBlocks = 1,
                ColumnPanels = columnPanels,
                ColumnBlocks = 1,
                Shape = new ChunkShape
                {
                    Column = column, Columns = columns, FirstPacked = !direct ? 0 : columns % TUnit.Count == 0 ? columnPanels : columnPanels - 1, Steps = k, BlockSteps = blockSteps,
                },
                Direct = origin,
                DirectStep = rightStep,
                Result = result,
                Accumulate = accumulate,
                Epilogue = epilogue,
            };
            double work = (double)m * columns * (k + epilogue.Finish.Steps);
            if (!isPart && work >= ForkWork)
                Cut(m, columns, rowPanels, columnPanels, out tiles.RowBlocks, out tiles.ColumnBlocks);
            WorkerPool.Run(tiles.RowBlocks * tiles.ColumnBlocks, ref tiles, forks: work >= ForkWork);
        }
    }

    /// <summary>Packs the whole right operand into panels of all its steps; panel q starts at q · panel width · k.</summary>
    internal static T* PackRight<TRight>(int n, int k, in TRight right, ScratchMemory.Purpose purpose = ScratchMemory.Purpose.Right)
        where TRight : struct, IRightOperand<T>
    {
        int panels = (n + PanelWidth - 1) / PanelWidth;
        T* packed = ScratchMemory.Get<T>(purpose, (long)panels * PanelWidth * k);
        var pack = new PackBody<TRight> { Right = right, Columns = n, Steps = k, Panels = panels, Destination = packed };
        WorkerPool.Run((panels + PackGroup - 1) / PackGroup, ref pack, forks: (double)n * k * 64 >= ForkWork);
        return packed;
    }

    /// <summary>Chooses the cut into rows and columns whose last thread is done first, by what there is to multiply and to pack.</summary>
    static void Cut(int m, int n, int rowPanels, int columnPanels, out int rowBlocks, out int columnBlocks)
    {
        int threads = WorkerPool.ThreadCount;
        double best = double.MaxValue;
        rowBlocks = columnBlocks = 1;
        for (int columns = 1; columns <= Math.Min(2 * threads, columnPanels); columns++)
        {
            for (int rows = Math.Min(rowPanels, Math.Max(1, threads / columns)), end = Math.Min(rowPanels, (2 * threads + columns - 1) / columns); rows <= end; rows++)
            {
                int items = rows * columns, height = (rowPanels + rows - 1) / rows * TUnit.Rows, width = (columnPanels + columns - 1) / columns * PanelWidth;
                double cost = (double)((items + threads - 1) / threads) * ((double)height * width / PanelWidth + LeftCost * height + RightCost * width);
                if (cost < best)
                    (best, rowBlocks, columnBlocks) = (cost, rows, columns);
            }
        }

        while (threads > 1 && m / rowBlocks >= 2 * PlentyOfRows && rowBlocks * columnBlocks < 8 * threads)
            rowBlocks *= 2;
    }

    static bool IsCrowded(nint stride, int steps) => steps >= ManySteps && stride * sizeof(T) % CrowdedStride == 0;

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

        FinishBlock(result, 0, m, 0, n, epilogue.Finish);
    }

    /// <summary>Does what is done to a complete block.</summary>
    internal static void FinishBlock<TResult>(in TResult result, int row, int rows, int column, int columns, in BlockFinish finish)
        where TResult : struct, IProductResult<T>
    {
        if (finish.IsEmpty)
            return;
        for (int done = 0, now; done < rows; done += now)
        {
            now = result.Locate(row + done, rows - done, out T* c, out nint cRow);
            finish.Run(c + column, cRow, now, columns);
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

    /// <summary>Packs a group of neighbouring panels of one k block; panel number p starts at p · panel width · steps of the destination.</summary>
    static void PackPanels<TRight>(in TRight right, int step, int steps, int firstColumn, int columns, int panels, T* destination)
        where TRight : struct, IRightOperand<T>
    {
        int stretch = right.TryDirect(out _, out _) ? PackStretch : steps;
        for (int done = 0; done < steps; done += stretch)
        {
            int now = Math.Min(stretch, steps - done);
            for (int panel = 0; panel < panels; panel++)
            {
                int first = panel * PanelWidth, present = Math.Min(PanelWidth, columns - first);
                int width = present <= TUnit.Count ? TUnit.Count : PanelWidth;
                right.Pack(step + done, now, firstColumn + first, present, width, destination + (nint)panel * PanelWidth * steps + (nint)done * width);
            }
        }
    }

    /// <summary>The columns and steps that a loop over tiles goes through.</summary>
    struct ChunkShape
    {
        internal int Column, Columns, FirstPacked, Steps, BlockSteps;
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
            var sums = new MatrixResult<T>(Sums + (nint)index * M * N, N);
            if (Left is LeftMatrix<T> left && Right is RightMatrix<T> right)
                RunWhole(M, N, end - start, left.From(start), right.From(start), sums, false, default, isPart: true);
            else
                RunWhole(M, N, end - start, new LaterLeft<T, TLeft> { Operand = Left, FirstStep = start }, new LaterRight<T, TRight> { Operand = Right, FirstStep = start }, sums, false, default, isPart: true);
        }
    }

    /// <summary>Adds the parts of some rows per index, in the order of the parts.</summary>
    struct JoinBody<TResult> : IParallelBody
        where TResult : struct, IProductResult<T>
    {
        internal int M, N, Parts;
        internal bool IsTurned;
        internal T* Sums;
        internal TResult Result;
        internal bool Accumulate;
        internal PinnedEpilogue<T> Epilogue;

        public readonly void Invoke(int index)
        {
            int first = index * JoinRows, end = Math.Min(M, first + JoinRows);
            T* sum = Sums + (IsTurned ? first : (nint)first * N);
            var (stride, rows, columns) = IsTurned ? (M, N, end - first) : (N, end - first, N);
            for (int part = 1; part < Parts; part++)
                TileFinish<T, TVector, TUnit>.Run(sum + (nint)part * M * N, stride, rows, columns, sum, stride, true, default);

            if (IsTurned)
            {
                T* turned = ScratchMemory.Get<T>(ScratchMemory.Purpose.Left, (long)JoinRows * N);
                Packing.Transpose(sum, M, 1, N, end - first, turned, N);
                sum = turned;
            }

            for (int i = first, now; i < end; i += now)
            {
                now = Result.Locate(i, end - i, out T* c, out nint cRow);
                TileFinish<T, TVector, TUnit>.Run(sum + (nint)(i - first) * N, N, now, N, c, cRow, Accumulate, Epilogue.At(i, 0));
            }

            FinishBlock(Result, first, end - first, 0, N, Epilogue.Finish);
        }
    }

    /// <summary>Packs a group of panels of the right operand per index.</summary>
    struct PackBody<TRight> : IParallelBody
        where TRight : struct, IRightOperand<T>
    {
        internal TRight Right;
        internal int Columns, Steps, Panels;
        internal T* Destination;

        public readonly void Invoke(int index)
        {
            int panel = index * PackGroup, first = panel * PanelWidth;
            PackPanels(Right, 0, Steps, first, Columns - first, Math.Min(PackGroup, Panels - panel), Destination + (nint)first * Steps);
        }
    }

    /// <summary>Computes a part of the rows times a part of the columns of C per index, over the whole of k.</summary>
    struct TileBody<TLeft, TRight, TResult> : IParallelBody
        where TLeft : struct, ILeftOperand<T>
        where TRight : struct, IRightOperand<T>
        where TResult : struct, IProductResult<T>
    {
        internal ChunkShape Shape;
        internal TLeft Left;
        internal TRight Right;
        internal int Rows, RowPanels, RowBlocks, ColumnPanels, ColumnBlocks;
        internal T* Direct;
        internal nint DirectStep;
        internal TResult Result;
        internal bool Accumulate;
        internal PinnedEpilogue<T> Epilogue;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke(int index)
        {
            int rowBlock = index / ColumnBlocks, columnBlock = index % ColumnBlocks;
            int itemRowPanel = (int)((long)rowBlock * RowPanels / RowBlocks), itemEnd = (int)((long)(rowBlock + 1) * RowPanels / RowBlocks);
            int firstColumnPanel = (int)((long)columnBlock * ColumnPanels / ColumnBlocks), endColumnPanel = (int)((long)(columnBlock + 1) * ColumnPanels / ColumnBlocks);
            int blockSteps = Math.Min(Shape.BlockSteps, Shape.Steps), firstPacked = Math.Max(firstColumnPanel, Shape.FirstPacked);

            int leftPanels = Math.Clamp(LeftBytes / (TUnit.Rows * blockSteps * sizeof(T)), 1, LeftPanels);
            int leftBlocks = (itemEnd - itemRowPanel + leftPanels - 1) / leftPanels;
            bool inMemory = Left.TryDirect(out T* leftOrigin, out nint leftRow, out nint leftStep), directLeft = inMemory && (Shape.FirstPacked > 0 || ReadInPlace(endColumnPanel - firstColumnPanel, leftRow, leftStep));
            T* leftPacked = directLeft ? null : ScratchMemory.Get<T>(ScratchMemory.Purpose.Left, (long)leftPanels * TUnit.Rows * blockSteps);
            bool copies = Right.TryDirect(out T* rightOrigin, out nint rightRow) && TUnit.FetchesAhead, once = copies && leftBlocks == 1;
            T* rightPacked = firstPacked >= endColumnPanel ? null : ScratchMemory.Get<T>(ScratchMemory.Purpose.Right, (long)(once ? 1 : endColumnPanel - firstPacked) * PanelWidth * blockSteps);
            bool leftIsFar = inMemory && TUnit.FetchesAhead && (long)Rows * Shape.Steps * sizeof(T) > AheadBytes, rightIsFar = copies && (long)Shape.Columns * Shape.Steps * sizeof(T) > AheadBytes;
            T* tile = stackalloc T[TUnit.Rows * PanelWidth];
            int lowHeight = Rows / RowPanels, highPanels = Rows % RowPanels;

            for (int start = 0; start < Shape.Steps; start += Shape.BlockSteps)
            {
                int steps = Math.Min(Shape.BlockSteps, Shape.Steps - start), packGroup = copies ? 1 : Math.Clamp(PackGroupBytes / (PanelWidth * steps * sizeof(T)), 1, PackGroup);
                bool accumulate = Accumulate || start > 0;
                bool complete = start + steps == Shape.Steps, finish = complete && !Epilogue.IsEmpty;
                for (int leftBlock = 0; leftBlock < leftBlocks; leftBlock++)
                {
                    int firstRowPanel = itemRowPanel + (int)((long)leftBlock * (itemEnd - itemRowPanel) / leftBlocks), endRowPanel = itemRowPanel + (int)((long)(leftBlock + 1) * (itemEnd - itemRowPanel) / leftBlocks);
                    if (!directLeft)
                    {
                        int stretch = inMemory && leftStep != 1 && leftIsFar ? PackStretch : steps, firstRow = PanelStart(firstRowPanel);
                        for (int done = 0; done < steps; done += stretch)
                        {
                            int now = Math.Min(stretch, steps - done);
                            for (int p = firstRowPanel; p < endRowPanel; p++)
                            {
                                int row = PanelStart(p), rows = PanelStart(p + 1) - row;
                                Left.Pack(row, rows, start + done, now, leftPacked + (nint)(row - firstRow) * steps + (nint)done * rows);
                            }
                        }
                    }

                    // What is packed or read next comes from far away and is asked for while tiles are computed.
                    int blockRow = PanelStart(firstRowPanel), blockRows = PanelStart(endRowPanel) - blockRow;
                    int blockExcess = (int)((long)firstRowPanel * Rows % RowPanels);
                    FetchBlock leftAhead = default;
                    if (leftIsFar)
                    {
                        if (leftBlock + 1 < leftBlocks)
                            leftAhead = AheadOfLeft(leftOrigin, leftRow, leftStep, endRowPanel, itemRowPanel + (int)((long)(leftBlock + 2) * (itemEnd - itemRowPanel) / leftBlocks), start, steps, steps);
                        else if (!complete)
                            leftAhead = AheadOfLeft(leftOrigin, leftRow, leftStep, itemRowPanel, itemRowPanel + (itemEnd - itemRowPanel) / leftBlocks, start + steps, Math.Min(Shape.BlockSteps, Shape.Steps - start - steps), steps);
                    }

                    int blockPanels = endRowPanel - firstRowPanel, tilesToAhead = (endColumnPanel - firstColumnPanel) * blockPanels - Math.Max(AheadPanels * blockPanels, leftAhead.Tiles);
                    int unfinished = complete && !Epilogue.Finish.IsEmpty ? firstColumnPanel : int.MaxValue;
                    for (int q = firstColumnPanel; q < endColumnPanel; q++)
                    {
                        int column = q * PanelWidth, columns = Math.Min(PanelWidth, Shape.Columns - column);
                        int vectors = columns <= TUnit.Count ? 1 : 2;
                        bool ragged = columns != vectors * TUnit.Count;
                        T* right;
                        nint rightStep;
                        FetchBlock rightAhead = default;
                        bool copying = copies && leftBlock == 0 && columns == PanelWidth && q >= Shape.FirstPacked;
                        if (q < Shape.FirstPacked)
                        {
                            right = Direct + (nint)start * DirectStep + Shape.Column + column;
                            rightStep = DirectStep;
                        }
                        else
                        {
                            right = rightPacked + (nint)(once ? 0 : q - firstPacked) * PanelWidth * steps;
                            rightStep = vectors * TUnit.Count;
                            if (leftBlock == 0 && !copying && (q - firstPacked) % packGroup == 0)
                                PackPanels(Right, start, steps, Shape.Column + column, Shape.Columns - column, Math.Min(packGroup, endColumnPanel - q), right);
                            if (rightIsFar && leftBlock == 0)
                            {
                                if (q + 1 < endColumnPanel)
                                    rightAhead = AheadOfRight(rightOrigin, rightRow, start, steps, q + 1, steps);
                                else if (!complete)
                                    rightAhead = AheadOfRight(rightOrigin, rightRow, start + steps, Math.Min(Shape.BlockSteps, Shape.Steps - start - steps), firstPacked, steps);
                                for (int excess = rightAhead.Tiles - blockPanels; excess > 0; excess--)
                                    rightAhead.Ask();
                            }
                        }

                        T* panel = leftPacked;
                        for (int p = firstRowPanel, row = blockRow, rows, excess = blockExcess; p < endRowPanel; p++, row += rows)
                        {
                            // The panel's height without a division, which would be felt in tiles of few steps.
                            rows = lowHeight;
                            if ((excess += highPanels) >= RowPanels)
                            {
                                rows++;
                                excess -= RowPanels;
                            }

                            FetchAhead ahead = default;
                            if (!rightAhead.IsEmpty)
                                ahead = rightAhead.Next();
                            else if (tilesToAhead <= 0 && !leftAhead.IsEmpty)
                                ahead = leftAhead.Next();
                            tilesToAhead--;
                            T* a = panel;
                            nint aRow = 1, aStep = rows;
                            if (directLeft)
                            {
                                a = leftOrigin + row * leftRow + start * leftStep;
                                aRow = leftRow;
                                aStep = leftStep;
                            }

                            bool torn = Result.Locate(row, rows, out T* c, out nint cRow) < rows, apart = torn || ragged || finish;
                            c += Shape.Column + column;
                            if (!torn)
                            {
                                // The next tile's lines, as they may take longer than a tile of few steps.
                                if (!TUnit.FetchesAhead)
                                    Prefetch(c, cRow, rows);
                                else if (p + 1 < endRowPanel)
                                    Prefetch(c + rows * cRow, cRow, rows);
                                else if (q + 1 < endColumnPanel)
                                    Prefetch(c + PanelWidth - (row - blockRow) * cRow, cRow, rows);
                            }

                            T* sums = apart ? tile : c;
                            nint sumRow = apart ? PanelWidth : cRow;
                            if (copying && p == firstRowPanel)
                                MicroKernel<T, TVector, TUnit>.RunCopying(rows, steps, a, aRow, aStep, rightOrigin + start * rightRow + Shape.Column + column, rightRow, right, sums, sumRow, accumulate && !apart, ahead);
                            else
                                MicroKernel<T, TVector, TUnit>.Run(rows, vectors, steps, a, aRow, aStep, right, rightStep, sums, sumRow, accumulate && !apart, ahead);
                            if (torn)
                                FinishRows(tile, rows, columns, Result, row, Shape.Column + column, accumulate, finish ? Epilogue : default);
                            else if (apart)
                                TileFinish<T, TVector, TUnit>.Run(tile, PanelWidth, rows, columns, c, cRow, accumulate, finish ? Epilogue.At(row, Shape.Column + column) : default);
                            panel += (nint)rows * steps;
                        }

                        if (unfinished <= q && (q + 1 == endColumnPanel || (long)(q + 1 - unfinished) * PanelWidth * blockRows * sizeof(T) >= FinishBytes))
                        {
                            FinishBlock(Result, blockRow, blockRows, Shape.Column + unfinished * PanelWidth, Math.Min(Shape.Columns, (q + 1) * PanelWidth) - unfinished * PanelWidth, Epilogue.Finish);
                            unfinished = q + 1;
                        }
                    }
                }
            }
        }

        readonly FetchBlock AheadOfLeft(T* origin, nint rowStride, nint stepStride, int firstPanel, int endPanel, int step, int steps, int tileSteps)
        {
            int row = PanelStart(firstPanel), rows = PanelStart(endPanel) - row;
            byte* start = (byte*)(origin + row * rowStride + step * stepStride);
            return stepStride == 1 ? new FetchBlock(start, rowStride * sizeof(T), rows, steps * sizeof(T), tileSteps) : new FetchBlock(start, stepStride * sizeof(T), steps, rows * sizeof(T), tileSteps);
        }

        readonly FetchBlock AheadOfRight(T* origin, nint rowStride, int step, int steps, int panel, int tileSteps)
        {
            int column = panel * PanelWidth;
            return new FetchBlock((byte*)(origin + step * rowStride + Shape.Column + column), rowStride * sizeof(T), steps, Math.Min(PanelWidth, Shape.Columns - column) * sizeof(T), tileSteps);
        }

        /// <summary>Asks for the tile's lines while it is computed: they lie too far apart for the processor to foresee.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Prefetch(T* c, nint cRow, int rows)
        {
            if (!Sse.IsSupported)
                return;
            for (int i = 0; i < rows; i++)
            {
                Sse.Prefetch1(c);
                Sse.Prefetch1(c + TUnit.Count);
                c += cRow;
            }
        }

        readonly bool ReadInPlace(int columnPanels, nint rowStride, nint stepStride) =>
            columnPanels <= DirectLeftPanels || (stepStride == 1 ? columnPanels <= DirectRowPanels && rowStride * sizeof(T) % 4096 != 0 : TUnit.FetchesAhead && columnPanels <= DirectTransposedPanels && !IsCrowded(stepStride, Shape.Steps));

        /// <summary>Panels have equal heights up to one row, so that none is too low to keep the multipliers busy.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly int PanelStart(int panel) => (int)((long)panel * Rows / RowPanels);
    }
}
