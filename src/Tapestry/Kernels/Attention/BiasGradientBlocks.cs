using System.Numerics;
using System.Runtime.CompilerServices;
using Tapestry.Kernels.Gemm;
using Tapestry.Kernels.Simd;
using Tapestry.Kernels.Threading;

namespace Tapestry.Kernels.Attention;

/// <summary>
/// The gradient of the bias: that of the scores, summed over what the bias is repeated over. An index has a sequence and a head of the bias, and a range of its queries
/// if it has queries, so that nobody else adds to the same numbers.
/// </summary>
unsafe struct BiasGradientBlocks<T, TVector, TUnit, V> : IParallelBody
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TUnit : struct, IVectorUnit<T, TVector>
    where V : unmanaged, ILanes<V, T>
{
    const int BlockKeys = 256;
    const int RangeQueries = 128;

    internal AttentionPointers<T> Inputs;
    internal T* LogSums, Deltas, Upstream, BiasGradient;

    readonly int BiasHeads => Inputs.BiasStrides.Head == 0 ? 1 : Inputs.Shape.Heads;

    readonly int BiasBatch => Inputs.BiasStrides.Batch == 0 ? 1 : Inputs.Shape.Batch;

    readonly int Ranges => Inputs.BiasStrides.Query == 0 ? 1 : (Inputs.Shape.Queries + RangeQueries - 1) / RangeQueries;

    /// <summary>How many indices there are.</summary>
    internal readonly int Items => BiasBatch * BiasHeads * Ranges;

    public readonly void Invoke(int index)
    {
        int range = index % Ranges, biasHead = index / Ranges % BiasHeads, biasBatch = index / Ranges / BiasHeads;
        for (int batch = biasBatch; batch < Inputs.Shape.Batch; batch += BiasBatch)
        {
            for (int head = biasHead; head < Inputs.Shape.Heads; head += BiasHeads)
            {
                int end = Ranges == 1 ? Inputs.Shape.Queries : Math.Min(Inputs.Shape.Queries, (range + 1) * RangeQueries);
                for (int first = range * RangeQueries; first < end; first += RangeQueries)
                    AddQueries(batch, head, first, Math.Min(RangeQueries, end - first));
            }
        }
    }

    [SkipLocalsInit]
    readonly void AddQueries(int batch, int head, int first, int rows)
    {
        var shape = Inputs.Shape;
        int tiles = ScoreTile<T, TVector, TUnit, V>.Tiles(rows), keyHead = head / shape.Group, block = Math.Min(BlockKeys, shape.Keys);
        int width = ScoreTile<T, TVector, TUnit, V>.Padded(shape.Width), valueWidth = ScoreTile<T, TVector, TUnit, V>.Padded(shape.ValueWidth), stride = ScoreTile<T, TVector, TUnit, V>.Padded(block);
        T* scaled = ScratchMemory.Get<T>(ScratchMemory.Purpose.Attention, (long)(rows + stride) * (width + valueWidth) + 2L * stride * TUnit.Rows);
        T* upstream = scaled + (nint)rows * width, keys = upstream + (nint)rows * valueWidth, values = keys + (nint)stride * width;
        T* weights = values + (nint)stride * valueWidth, gradients = weights + (nint)stride * TUnit.Rows;
        ScoreTile<T, TVector, TUnit, V>.CopyRows(Inputs.AtQuery(Inputs.Query, batch, first, head), Inputs.QueryRow, rows, shape.Width, Inputs.Scale, scaled, width);
        ScoreTile<T, TVector, TUnit, V>.CopyRows(Inputs.AtOutput(Upstream, batch, first, head), Inputs.OutputRow, rows, shape.ValueWidth, T.One, upstream, valueWidth);

        int seen = ScoreTile<T, TVector, TUnit, V>.Visible(Inputs.IsCausal, first + rows - 1, 0, shape.Keys);
        for (int firstKey = 0; firstKey < seen; firstKey += block)
        {
            int count = Math.Min(block, seen - firstKey);
            ScoreTile<T, TVector, TUnit, V>.PackColumns(Inputs.AtKey(Inputs.Key, batch, firstKey, keyHead), Inputs.KeyRow, count, shape.Width, keys);
            ScoreTile<T, TVector, TUnit, V>.PackColumns(Inputs.AtValue(Inputs.Value, batch, firstKey, keyHead), Inputs.ValueRow, count, shape.ValueWidth, values);
            for (int tile = 0; tile < tiles; tile++)
            {
                int row = ScoreTile<T, TVector, TUnit, V>.Start(tile, tiles, rows), height = ScoreTile<T, TVector, TUnit, V>.Start(tile + 1, tiles, rows) - row;
                int columns = ScoreTile<T, TVector, TUnit, V>.Visible(Inputs.IsCausal, first + row + height - 1, firstKey, count);
                if (columns == 0)
                    continue;
                ScoreTile<T, TVector, TUnit, V>.Scores(Inputs, batch, head, first + row, height, firstKey, count, columns, scaled + (nint)row * width, width, keys, weights, stride);
                ScoreTile<T, TVector, TUnit, V>.MultiplyPanels(height, columns, count, shape.ValueWidth, upstream + (nint)row * valueWidth, valueWidth, values, gradients, stride);
                for (int r = 0; r < height; r++)
                {
                    int query = first + row + r;
                    T logSum = *Inputs.AtRow(LogSums, batch, query, head);

                    // The scores of a query that sees nothing do not matter.
                    if (T.IsPositiveInfinity(logSum))
                        continue;
                    T* gradient = gradients + (nint)r * stride;
                    ScoreTile<T, TVector, TUnit, V>.Differentiate(weights + (nint)r * stride, gradient, ScoreTile<T, TVector, TUnit, V>.Whole(columns), logSum, *Inputs.AtRow(Deltas, batch, query, head));
                    var strides = Inputs.BiasStrides;
                    Add(gradient, columns, BiasGradient + batch * strides.Batch + head * strides.Head + query * strides.Query + firstKey * strides.Key, strides.Key);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Add(T* gradient, int count, T* sums, nint step)
    {
        int j = 0;
        if (step == 1)
        {
            for (; j <= count - V.Count; j += V.Count)
                V.Store(V.Load(sums + j) + V.Load(gradient + j), sums + j);
        }

        for (; j < count; j++)
            sums[j * step] += gradient[j];
    }
}
