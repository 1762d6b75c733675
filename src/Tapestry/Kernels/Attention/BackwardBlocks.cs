using System.Numerics;
using System.Runtime.CompilerServices;
using Tapestry.Kernels.Gemm;
using Tapestry.Kernels.Simd;
using Tapestry.Kernels.Threading;

namespace Tapestry.Kernels.Attention;

/// <summary>
/// The gradients of keys and values of one part of the keys of one key head per index, and what this part adds to those of the queries. The weights are computed again,
/// block by block, from the logarithms of the sums.
/// </summary>
/// <remarks>
/// Where there are few heads the keys are cut into parts, by shape alone, and the parts' gradients of the queries are added in order afterwards: so every product is computed
/// once, and no sum depends on the number of threads.
/// </remarks>
unsafe struct BackwardBlocks<T, TVector, TUnit, V> : IParallelBody
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TUnit : struct, IVectorUnit<T, TVector>
    where V : unmanaged, ILanes<V, T>
{
    const int BlockKeys = 128;
    const int BlockQueries = 128;

    // Enough items for a few threads.
    const int WantedItems = 8;

    internal AttentionPointers<T> Inputs;
    internal T* LogSums, Deltas, Upstream, QueryGradient, KeyGradient, ValueGradient;

    /// <summary>Sums of the parts: [part, batch, head, query, padded width]; null where there is one part.</summary>
    internal T* Partial;

    /// <summary>How many parts the keys are cut into.</summary>
    internal static int Parts(in AttentionShape shape) =>
        Math.Clamp((WantedItems + shape.Batch * shape.KeyHeads - 1) / Math.Max(1, shape.Batch * shape.KeyHeads), 1, Math.Max(1, (shape.Keys + BlockKeys - 1) / BlockKeys));

    /// <summary>Elements of the gradient of the queries of all heads in one part.</summary>
    internal static long PartSize(in AttentionShape shape) => (long)shape.Batch * shape.Heads * shape.Queries * ScoreTile<T, TVector, TUnit, V>.Padded(shape.Width);

    [SkipLocalsInit]
    public readonly void Invoke(int index)
    {
        var shape = Inputs.Shape;
        int parts = Parts(shape), part = index % parts, keyHead = index / parts % shape.KeyHeads, batch = index / parts / shape.KeyHeads;
        int blocks = (shape.Keys + BlockKeys - 1) / BlockKeys, firstBlock = (int)((long)part * blocks / parts), endBlock = (int)((long)(part + 1) * blocks / parts);
        int width = ScoreTile<T, TVector, TUnit, V>.Padded(shape.Width), valueWidth = ScoreTile<T, TVector, TUnit, V>.Padded(shape.ValueWidth);
        int stride = ScoreTile<T, TVector, TUnit, V>.Padded(Math.Min(BlockKeys, shape.Keys)), queryBlock = Math.Min(BlockQueries, shape.Queries);
        nint group = (nint)shape.Group * shape.Queries * width;

        var work = new Work { Width = width, ValueWidth = valueWidth, Stride = stride, Batch = batch };
        long size = (long)stride * (3 * width + 2 * valueWidth) + (long)queryBlock * (width + valueWidth + 2 * stride) + (parts == 1 ? group : 0);
        T* next = ScratchMemory.Get<T>(ScratchMemory.Purpose.Attention, size);
        work.KeyColumns = Take(ref next, (nint)stride * width);
        work.ValueColumns = Take(ref next, (nint)stride * valueWidth);
        work.KeyRows = Take(ref next, (nint)stride * width);
        work.KeySums = Take(ref next, (nint)stride * width);
        work.ValueSums = Take(ref next, (nint)stride * valueWidth);
        work.Scaled = Take(ref next, (nint)queryBlock * width);
        work.Upstream = Take(ref next, (nint)queryBlock * valueWidth);
        work.Weights = Take(ref next, (nint)queryBlock * stride);
        work.Gradients = Take(ref next, (nint)queryBlock * stride);
        T* querySums = parts == 1 ? next : Partial + (nint)part * (nint)PartSize(shape) + ((nint)batch * shape.KeyHeads + keyHead) * group;
        for (nint i = 0; i < group; i += width)
            ScoreTile<T, TVector, TUnit, V>.Fill(querySums + i, 0, width, T.Zero);

        for (int block = firstBlock; block < endBlock; block++)
        {
            work.FirstKey = block * BlockKeys;
            work.Keys = Math.Min(BlockKeys, shape.Keys - work.FirstKey);
            T* key = Inputs.AtKey(Inputs.Key, batch, work.FirstKey, keyHead);
            ScoreTile<T, TVector, TUnit, V>.PackColumns(key, Inputs.KeyRow, work.Keys, shape.Width, work.KeyColumns);
            ScoreTile<T, TVector, TUnit, V>.CopyRows(key, Inputs.KeyRow, work.Keys, shape.Width, T.One, work.KeyRows, width);
            ScoreTile<T, TVector, TUnit, V>.PackColumns(Inputs.AtValue(Inputs.Value, batch, work.FirstKey, keyHead), Inputs.ValueRow, work.Keys, shape.ValueWidth, work.ValueColumns);
            ScoreTile<T, TVector, TUnit, V>.Fill(work.KeySums, 0, work.Keys * width, T.Zero);
            ScoreTile<T, TVector, TUnit, V>.Fill(work.ValueSums, 0, work.Keys * valueWidth, T.Zero);
            for (int member = 0; member < shape.Group; member++)
            {
                work.Head = keyHead * shape.Group + member;
                for (int first = 0; first < shape.Queries; first += BlockQueries)
                    AddQueries(work, first, Math.Min(BlockQueries, shape.Queries - first), querySums + ((nint)member * shape.Queries + first) * width);
            }

            ScoreTile<T, TVector, TUnit, V>.WriteRows(work.KeySums, width, work.Keys, shape.Width, T.One, Inputs.AtKey(KeyGradient, batch, work.FirstKey, keyHead), Inputs.KeyRow);
            ScoreTile<T, TVector, TUnit, V>.WriteRows(work.ValueSums, valueWidth, work.Keys, shape.ValueWidth, T.One, Inputs.AtValue(ValueGradient, batch, work.FirstKey, keyHead), Inputs.ValueRow);
        }

        if (parts > 1)
            return;
        for (int member = 0; member < shape.Group; member++)
        {
            ScoreTile<T, TVector, TUnit, V>.WriteRows(
                querySums + (nint)member * shape.Queries * width, width, shape.Queries, shape.Width, Inputs.Scale, Inputs.AtQuery(QueryGradient, batch, 0, keyHead * shape.Group + member), Inputs.QueryRow);
        }
    }

    /// <summary>What a block of queries adds to the gradients of a block of keys and values, and this block to those of the queries.</summary>
    readonly void AddQueries(in Work work, int first, int rows, T* querySums)
    {
        var shape = Inputs.Shape;
        T* logSums = Inputs.AtRow(LogSums, work.Batch, first, work.Head), deltas = Inputs.AtRow(Deltas, work.Batch, first, work.Head);
        bool isCausal = Inputs.IsCausal && !(Inputs.MayHideAll && HidesAll(logSums, shape.Heads, rows));
        if (ScoreTile<T, TVector, TUnit, V>.Visible(isCausal, first + rows - 1, work.FirstKey, work.Keys) == 0)
            return;
        ScoreTile<T, TVector, TUnit, V>.CopyRows(Inputs.AtQuery(Inputs.Query, work.Batch, first, work.Head), Inputs.QueryRow, rows, shape.Width, Inputs.Scale, work.Scaled, work.Width);
        ScoreTile<T, TVector, TUnit, V>.CopyRows(Inputs.AtOutput(Upstream, work.Batch, first, work.Head), Inputs.OutputRow, rows, shape.ValueWidth, T.One, work.Upstream, work.ValueWidth);
        int tiles = ScoreTile<T, TVector, TUnit, V>.Tiles(rows);
        for (int tile = 0; tile < tiles; tile++)
        {
            int row = ScoreTile<T, TVector, TUnit, V>.Start(tile, tiles, rows), height = ScoreTile<T, TVector, TUnit, V>.Start(tile + 1, tiles, rows) - row;
            int columns = ScoreTile<T, TVector, TUnit, V>.Visible(isCausal, first + row + height - 1, work.FirstKey, work.Keys);
            if (columns == 0)
                continue;
            T* weights = work.Weights + (nint)row * work.Stride, gradients = work.Gradients + (nint)row * work.Stride;
            ScoreTile<T, TVector, TUnit, V>.Scores(Inputs, work.Batch, work.Head, first + row, height, work.FirstKey, work.Keys, columns, work.Scaled + (nint)row * work.Width, work.Width, work.KeyColumns, weights, work.Stride);
            ScoreTile<T, TVector, TUnit, V>.MultiplyPanels(
                height, columns, work.Keys, shape.ValueWidth, work.Upstream + (nint)row * work.ValueWidth, work.ValueWidth, work.ValueColumns, gradients, work.Stride);

            // A tile of keys that begins at the last visible one reads this far.
            int whole = ScoreTile<T, TVector, TUnit, V>.Whole(columns), end = Math.Min(work.Stride, whole + TUnit.Rows);
            for (int r = 0; r < height; r++, weights += work.Stride, gradients += work.Stride)
            {
                T logSum = logSums[(nint)(row + r) * shape.Heads];
                ScoreTile<T, TVector, TUnit, V>.Differentiate(weights, gradients, whole, logSum, deltas[(nint)(row + r) * shape.Heads]);
                if (T.IsPositiveInfinity(logSum))
                {
                    ScoreTile<T, TVector, TUnit, V>.Fill(weights, 0, columns, T.One / T.CreateChecked(shape.Keys));
                    ScoreTile<T, TVector, TUnit, V>.Fill(gradients, 0, columns, T.Zero);
                }

                ScoreTile<T, TVector, TUnit, V>.Fill(weights, columns, end, T.Zero);
                ScoreTile<T, TVector, TUnit, V>.Fill(gradients, columns, end, T.Zero);
            }

            ScoreTile<T, TVector, TUnit, V>.Multiply(
                height, shape.Width, columns, work.Gradients + (nint)row * work.Stride, work.Stride, 1, work.KeyRows, work.Width, querySums + (nint)row * work.Width, work.Width, accumulate: true);
        }

        int keyTiles = ScoreTile<T, TVector, TUnit, V>.Tiles(work.Keys);
        for (int tile = 0; tile < keyTiles; tile++)
        {
            int key = ScoreTile<T, TVector, TUnit, V>.Start(tile, keyTiles, work.Keys), height = ScoreTile<T, TVector, TUnit, V>.Start(tile + 1, keyTiles, work.Keys) - key;

            // Queries before the tile's first key do not see it.
            int start = isCausal ? Math.Clamp(work.FirstKey + key - first, 0, rows) : 0;
            if (start == rows)
                break;
            nint skipped = (nint)start * work.Stride + key;
            ScoreTile<T, TVector, TUnit, V>.Multiply(
                height, shape.ValueWidth, rows - start, work.Weights + skipped, 1, work.Stride, work.Upstream + (nint)start * work.ValueWidth, work.ValueWidth, work.ValueSums + (nint)key * work.ValueWidth, work.ValueWidth, accumulate: true);
            ScoreTile<T, TVector, TUnit, V>.Multiply(
                height, shape.Width, rows - start, work.Gradients + skipped, 1, work.Stride, work.Scaled + (nint)start * work.Width, work.Width, work.KeySums + (nint)key * work.Width, work.Width, accumulate: true);
        }
    }

    static bool HidesAll(T* logSums, int step, int rows)
    {
        for (int r = 0; r < rows; r++)
        {
            if (T.IsPositiveInfinity(logSums[(nint)r * step]))
                return true;
        }

        return false;
    }

    static T* Take(ref T* next, nint count)
    {
        T* taken = next;
        next += count;
        return taken;
    }

    /// <summary>The scratch memory of an item, and which block of keys is in it.</summary>
    struct Work
    {
        internal int Width, ValueWidth, Stride, Batch, Head, FirstKey, Keys;
        internal T* KeyColumns, ValueColumns, KeyRows, KeySums, ValueSums, Scaled, Upstream, Weights, Gradients;
    }
}

/// <summary>Adds the parts' gradients of the queries of one head per index, in order.</summary>
unsafe struct QueryGradientJoin<T, TVector, TUnit, V> : IParallelBody
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TUnit : struct, IVectorUnit<T, TVector>
    where V : unmanaged, ILanes<V, T>
{
    internal AttentionPointers<T> Inputs;
    internal int Parts;
    internal T* Partial, QueryGradient;

    public readonly void Invoke(int index)
    {
        var shape = Inputs.Shape;
        int width = ScoreTile<T, TVector, TUnit, V>.Padded(shape.Width);
        nint size = (nint)shape.Queries * width, part = (nint)BackwardBlocks<T, TVector, TUnit, V>.PartSize(shape);
        T* sums = Partial + index * size;
        for (int other = 1; other < Parts; other++)
            Add(sums, sums + other * part, size);
        ScoreTile<T, TVector, TUnit, V>.WriteRows(sums, width, shape.Queries, shape.Width, Inputs.Scale, Inputs.AtQuery(QueryGradient, index / shape.Heads, 0, index % shape.Heads), Inputs.QueryRow);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Add(T* sums, T* more, nint size)
    {
        for (nint i = 0; i < size; i += V.Count)
            V.Store(V.Load(sums + i) + V.Load(more + i), sums + i);
    }
}
