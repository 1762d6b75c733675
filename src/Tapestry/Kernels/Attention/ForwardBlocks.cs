using System.Numerics;
using System.Runtime.CompilerServices;
using Tapestry.Kernels.Gemm;
using Tapestry.Kernels.Simd;
using Tapestry.Kernels.Threading;

namespace Tapestry.Kernels.Attention;

/// <summary>
/// The results of one range of queries of one head per index. Blocks of keys pass by; for each query the greatest score, the sum of the exponentials and the weighted sum
/// of the values so far are kept, and scaled down when a greater score appears.
/// </summary>
unsafe struct ForwardBlocks<T, TVector, TUnit, V> : IParallelBody
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TUnit : struct, IVectorUnit<T, TVector>
    where V : unmanaged, ILanes<V, T>
{
    // Scores of a tile stay in the first cache, a block of keys and values and the sums of a range in the second.
    const int BlockKeys = 256;
    const int RangeQueries = 256;

    internal AttentionPointers<T> Inputs;
    internal T* Output, LogSums;

    internal static int Ranges(int queries) => (queries + RangeQueries - 1) / RangeQueries;

    [SkipLocalsInit]
    public readonly void Invoke(int index)
    {
        var shape = Inputs.Shape;
        int ranges = Ranges(shape.Queries), range = index % ranges, head = index / ranges % shape.Heads, batch = index / ranges / shape.Heads;
        int first = (int)((long)range * shape.Queries / ranges), rows = (int)((long)(range + 1) * shape.Queries / ranges) - first;
        int tiles = ScoreTile<T, TVector, TUnit, V>.Tiles(rows), keyHead = head / shape.Group, block = Math.Min(BlockKeys, shape.Keys);
        int width = ScoreTile<T, TVector, TUnit, V>.Padded(shape.Width), valueWidth = ScoreTile<T, TVector, TUnit, V>.Padded(shape.ValueWidth), stride = ScoreTile<T, TVector, TUnit, V>.Padded(block);

        long sizes = (long)rows * (width + valueWidth + V.Count) + (long)stride * (width + valueWidth + TUnit.Rows) + ScoreTile<T, TVector, TUnit, V>.Padded(rows);
        T* scaled = ScratchMemory.Get<T>(ScratchMemory.Purpose.Attention, sizes);
        T* keys = scaled + (nint)rows * width, values = keys + (nint)stride * width, scores = values + (nint)stride * valueWidth, sums = scores + (nint)stride * TUnit.Rows;
        T* totals = sums + (nint)rows * valueWidth, greatest = totals + (nint)rows * V.Count;
        ScoreTile<T, TVector, TUnit, V>.CopyRows(Inputs.AtQuery(Inputs.Query, batch, first, head), Inputs.QueryRow, rows, shape.Width, Inputs.Scale, scaled, width);
        ScoreTile<T, TVector, TUnit, V>.Fill(totals, 0, rows * V.Count, T.Zero);
        ScoreTile<T, TVector, TUnit, V>.Fill(greatest, 0, rows, T.NegativeInfinity);

        int seen = ScoreTile<T, TVector, TUnit, V>.Visible(Inputs.IsCausal, first + rows - 1, 0, shape.Keys);
        for (int firstKey = 0; firstKey < seen; firstKey += block)
        {
            int count = Math.Min(block, seen - firstKey);
            ScoreTile<T, TVector, TUnit, V>.PackColumns(Inputs.AtKey(Inputs.Key, batch, firstKey, keyHead), Inputs.KeyRow, count, shape.Width, keys);
            ScoreTile<T, TVector, TUnit, V>.CopyRows(Inputs.AtValue(Inputs.Value, batch, firstKey, keyHead), Inputs.ValueRow, count, shape.ValueWidth, T.One, values, valueWidth);
            for (int tile = 0; tile < tiles; tile++)
            {
                int row = ScoreTile<T, TVector, TUnit, V>.Start(tile, tiles, rows), height = ScoreTile<T, TVector, TUnit, V>.Start(tile + 1, tiles, rows) - row;
                int columns = ScoreTile<T, TVector, TUnit, V>.Visible(Inputs.IsCausal, first + row + height - 1, firstKey, count);
                if (columns == 0)
                    continue;
                ScoreTile<T, TVector, TUnit, V>.Scores(Inputs, batch, head, first + row, height, firstKey, count, columns, scaled + (nint)row * width, width, keys, scores, stride);
                for (int r = 0; r < height; r++)
                    Weigh(scores + (nint)r * stride, ScoreTile<T, TVector, TUnit, V>.Whole(columns), greatest + row + r, totals + (nint)(row + r) * V.Count, sums + (nint)(row + r) * valueWidth, ScoreTile<T, TVector, TUnit, V>.Whole(shape.ValueWidth), firstKey == 0);
                ScoreTile<T, TVector, TUnit, V>.Multiply(
                    height, shape.ValueWidth, columns, scores, stride, 1, values, valueWidth, sums + (nint)row * valueWidth, valueWidth, accumulate: firstKey > 0);
            }
        }

        Finish(batch, head, first, rows, greatest, totals, sums, valueWidth);
    }

    /// <summary>exp(score − greatest score so far) in place of the scores; what was summed before shrinks when the greatest score grows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Weigh(T* scores, int width, T* greatest, T* total, T* sum, int valueWidth, bool isFirst)
    {
        V a = V.Lowest, b = a;
        int j = 0;
        for (; j <= width - 2 * V.Count; j += 2 * V.Count)
        {
            a = V.Maximum(a, V.Load(scores + j));
            b = V.Maximum(b, V.Load(scores + j + V.Count));
        }

        if (j < width)
            a = V.Maximum(a, V.Load(scores + j));
        T before = *greatest, now = T.Max(before, ScoreTile<T, TVector, TUnit, V>.Greatest(V.Maximum(a, b)));
        if (T.IsNegativeInfinity(now))
        {
            // Nothing is visible yet, and −∞ − (−∞) would be no number.
            ScoreTile<T, TVector, TUnit, V>.Fill(scores, 0, width, T.Zero);
            return;
        }

        *greatest = now;
        V added = Exponentials(scores, width, V.Broadcast(now));
        if (isFirst)
        {
            V.Store(added, total);
        }
        else if (now == before)
        {
            V.Store(V.Load(total) + added, total);
        }
        else
        {
            V shrink = V.Broadcast(T.Exp(before - now));
            V.Store(V.MultiplyAdd(V.Load(total), shrink, added), total);
            for (j = 0; j < valueWidth; j += V.Count)
                V.Store(V.Load(sum + j) * shrink, sum + j);
        }
    }

    // Apart from the rest, and written once: the compiler gives up expanding calls in a method that has too many of them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static V Exponentials(T* scores, int width, V shift)
    {
        V added = V.Create(0L);
        for (int j = 0; j < width; j += V.Count)
        {
            V x = V.Exp(V.Load(scores + j) - shift);
            V.Store(x, scores + j);
            added += x;
        }

        return added;
    }

    /// <summary>Divides by the sums. Queries that see nothing get the mean of the values, as from equal scores.</summary>
    readonly void Finish(int batch, int head, int first, int rows, T* greatest, T* totals, T* sums, int valueWidth)
    {
        var shape = Inputs.Shape;
        for (int r = 0; r < rows; r++)
        {
            T* output = Inputs.AtOutput(Output, batch, first + r, head), logSum = Inputs.AtRow(LogSums, batch, first + r, head);
            if (T.IsNegativeInfinity(greatest[r]))
            {
                *logSum = T.PositiveInfinity;
                Mean(Inputs.AtValue(Inputs.Value, batch, 0, head / shape.Group), output);
                continue;
            }

            T total = ScoreTile<T, TVector, TUnit, V>.Sum(V.Load(totals + (nint)r * V.Count));
            *logSum = greatest[r] + T.Log(total);
            ScoreTile<T, TVector, TUnit, V>.WriteRows(sums + (nint)r * valueWidth, valueWidth, 1, shape.ValueWidth, T.One / total, output, 0);
        }
    }

    readonly void Mean(T* values, T* output)
    {
        var mean = new Span<T>(output, Inputs.Shape.ValueWidth);
        mean.Clear();
        T share = Inputs.Shape.Keys == 0 ? T.Zero : T.One / T.CreateChecked(Inputs.Shape.Keys);
        for (int key = 0; key < Inputs.Shape.Keys; key++, values += Inputs.ValueRow)
        {
            for (int j = 0; j < mean.Length; j++)
                mean[j] += values[j] * share;
        }
    }
}
