using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Tapestry.Kernels.Gemm;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry.Kernels.Attention;

/// <summary>The steps that all passes of an attention share: packing, products of blocks, and the scores of a few queries against a block of keys.</summary>
/// <typeparam name="T">float32 or float64.</typeparam>
/// <typeparam name="TVector">The vector of the products.</typeparam>
/// <typeparam name="TUnit">Its instructions.</typeparam>
/// <typeparam name="V">The vector of the exponentials.</typeparam>
static unsafe class ScoreTile<T, TVector, TUnit, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TUnit : struct, IVectorUnit<T, TVector>
    where V : unmanaged, ILanes<V, T>
{
    // A multiple of every width of vectors.
    const int Alignment = 32;

    // Rows of a head lie too far apart for the processor to foresee them.
    const int RowsAhead = 8;

    internal static int PanelWidth => 2 * TUnit.Count;

    /// <summary>Elements of a row in scratch memory.</summary>
    internal static int Padded(int count) => (count + Alignment - 1) / Alignment * Alignment;

    /// <summary>Elements that the loops over rows touch: whole vectors.</summary>
    internal static int Whole(int count)
    {
        int vector = Math.Max(TUnit.Count, V.Count);
        return (count + vector - 1) / vector * vector;
    }

    /// <summary>How many tiles some rows are cut into, equal up to one row.</summary>
    internal static int Tiles(int rows) => (rows + TUnit.Rows - 1) / TUnit.Rows;

    /// <summary>The first row of a tile.</summary>
    internal static int Start(int tile, int tiles, int rows) => (int)((long)tile * rows / tiles);

    /// <summary>How many of the keys of a block, from its first on, the last of some queries sees.</summary>
    internal static int Visible(bool isCausal, int lastQuery, int firstKey, int keys) => isCausal ? Math.Clamp(lastQuery + 1 - firstKey, 0, keys) : keys;

    /// <summary>Writes the rows as columns, in panels: element (row, step) of panel p goes to <c>panels[p · width · steps + step · width of this panel + row]</c>.</summary>
    internal static void PackColumns(T* source, nint stride, int rows, int steps, T* panels)
    {
        for (int first = 0; first < rows; first += PanelWidth)
            Packing.Transpose(source + first * stride, stride, 1, Math.Min(PanelWidth, rows - first), steps, panels + (nint)first * steps, Vectors(rows - first) * TUnit.Count);
    }

    /// <summary>Copies rows into gapless ones of a padded width, times a factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void CopyRows(T* source, nint stride, int rows, int columns, T factor, T* destination, int width)
    {
        V factors = V.Broadcast(factor);
        for (; rows > 0; rows--, source += stride, destination += width)
        {
            Ask(source + RowsAhead * stride, columns);
            int j = 0;
            for (; j <= columns - V.Count; j += V.Count)
                V.Store(V.Load(source + j) * factors, destination + j);
            for (; j < columns; j++)
                destination[j] = source[j] * factor;
            for (; j < width; j++)
                destination[j] = T.Zero;
        }
    }

    /// <summary>The other way: rows of a padded width, times a factor, to their place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void WriteRows(T* source, int width, int rows, int columns, T factor, T* destination, nint stride)
    {
        V factors = V.Broadcast(factor);
        for (; rows > 0; rows--, source += width, destination += stride)
        {
            Ask(destination + RowsAhead * stride, columns);
            int j = 0;
            for (; j <= columns - V.Count; j += V.Count)
                V.Store(V.Load(source + j) * factors, destination + j);
            for (; j < columns; j++)
                destination[j] = source[j] * factor;
        }
    }

    /// <summary>Asks for the lines of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Ask(T* row, int columns)
    {
        if (!Sse.IsSupported)
            return;
        for (int j = 0; j < columns; j += 64 / sizeof(T))
            Sse.Prefetch0(row + j);
    }

    /// <summary>result (+)= left · right, where the right matrix has rows of a padded width.</summary>
    internal static void Multiply(int rows, int columns, int steps, T* left, nint leftRow, nint leftStep, T* right, nint rightStep, T* result, nint resultRow, bool accumulate)
    {
        for (int column = 0; column < columns; column += PanelWidth)
            MicroKernel<T, TVector, TUnit>.Run(rows, Vectors(columns - column), steps, left, leftRow, leftStep, right + column, rightStep, result + column, resultRow, accumulate);
    }

    /// <summary>result = left · right, where the first <paramref name="columns"/> of <paramref name="packed"/> columns stand in panels that <see cref="PackColumns"/> made.</summary>
    internal static void MultiplyPanels(int rows, int columns, int packed, int steps, T* left, nint leftRow, T* panels, T* result, nint resultRow)
    {
        for (int column = 0; column < columns; column += PanelWidth)
        {
            int vectors = Vectors(columns - column);
            MicroKernel<T, TVector, TUnit>.Run(
                rows, vectors, steps, left, leftRow, 1, panels + (nint)column * steps, Vectors(packed - column) * TUnit.Count, result + column, resultRow, accumulate: false);
        }
    }

    /// <summary>
    /// The scores of some queries (already scaled) against the first <paramref name="columns"/> keys of a block of <paramref name="keys"/>: bias added, −∞ where a key is hidden
    /// and up to whole vectors.
    /// </summary>
    internal static void Scores(in AttentionPointers<T> inputs, int batch, int head, int query, int rows, int firstKey, int keys, int columns, T* scaled, nint scaledRow, T* panels, T* scores, nint stride)
    {
        MultiplyPanels(rows, columns, keys, inputs.Shape.Width, scaled, scaledRow, panels, scores, stride);
        int width = Whole(columns);
        bool cuts = width > columns || Visible(inputs.IsCausal, query, firstKey, keys) < columns;
        if (!cuts && !inputs.MayHideAll)
            return;
        for (int r = 0; r < rows; r++)
        {
            T* row = scores + r * stride;
            if (inputs.Bias != null)
                Add(row, inputs.Bias + Offset(inputs.BiasStrides, batch, head, query + r, firstKey), inputs.BiasStrides.Key, columns);
            if (inputs.Mask != null)
                Hide(row, inputs.Mask + Offset(inputs.MaskStrides, batch, head, query + r, firstKey), inputs.MaskStrides.Key, columns);
            Fill(row, Visible(inputs.IsCausal, query + r, firstKey, columns), width, T.NegativeInfinity);
        }
    }

    /// <summary>Weights in place of scores, and gradients of the scores in place of those of the weights: p = exp(s − logarithm of the sum), d ← p · (d − delta).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Differentiate(T* scores, T* gradients, int width, T logSum, T delta)
    {
        V shift = V.Broadcast(logSum), less = V.Broadcast(delta);
        for (int j = 0; j < width; j += V.Count)
        {
            V weight = V.Exp(V.Load(scores + j) - shift);
            V.Store(weight, scores + j);
            V.Store(weight * (V.Load(gradients + j) - less), gradients + j);
        }
    }

    /// <summary>Writes one value from an element on up to another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Fill(T* row, int from, int to, T value)
    {
        for (; from < to && from % V.Count != 0; from++)
            row[from] = value;
        for (; from <= to - V.Count; from += V.Count)
            V.Store(V.Broadcast(value), row + from);
        for (; from < to; from++)
            row[from] = value;
    }

    /// <summary>The greatest lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Greatest(V value) => ReduceLoop.Fold<MaximumReducer, V, T>(default, value, V.Count);

    /// <summary>The sum of the lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Sum(V value) => ReduceLoop.Fold<SumReducer, V, T>(default, value, V.Count);

    static int Vectors(int columns) => columns <= TUnit.Count ? 1 : 2;

    static nint Offset(ScoreStrides strides, int batch, int head, int query, int key) => batch * strides.Batch + head * strides.Head + query * strides.Query + key * strides.Key;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Add(T* row, T* bias, nint step, int count)
    {
        int j = 0;
        if (step == 1)
        {
            for (; j <= count - V.Count; j += V.Count)
                V.Store(V.Load(row + j) + V.Load(bias + j), row + j);
        }

        for (; j < count; j++)
            row[j] += bias[j * step];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Hide(T* row, byte* mask, nint step, int count)
    {
        int j = 0;
        if (step == 1)
        {
            for (; j <= count - V.Count; j += V.Count)
                V.Store(V.Select(V.LoadMask(mask + j), V.Load(row + j), V.Lowest), row + j);
        }

        for (; j < count; j++)
        {
            if (mask[j * step] == 0)
                row[j] = T.NegativeInfinity;
        }
    }
}
