using System.Numerics;
using System.Runtime.CompilerServices;
using Tapestry.Kernels.Gemm;
using Tapestry.Kernels.Threading;

namespace Tapestry.Kernels.Conv;

/// <summary>
/// The gradient of a filter with few output channels: like <see cref="LineKernel{T, TVector, TUnit}"/> it reads patches in place from padded copies of lines. Every part of
/// the lines sums into a matrix of its own; the parts depend on the shape only and are added in order.
/// </summary>
static unsafe class LineGradient<T, TVector, TUnit>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TUnit : struct, IVectorUnit<T, TVector>
{
    const int MaximumPanels = 4;
    const int MaximumParts = 8;
    const int JoinRows = 16;

    /// <summary>The copied lines, the upstream gradient of the same lines and the sums each may take this much.</summary>
    const int CacheBytes = 192 << 10;
    const int SumBytes = 768 << 10;

    internal static bool IsSuitable(in PatchSource<T> source, int columns)
    {
        PatchGrid grid = source.Grid;
        return columns > 0 && columns <= MaximumPanels * GemmDriver<T, TVector, TUnit>.PanelWidth && grid.Rows > 0 && grid.Taps > 0 && !grid.IsPlain
            && (long)grid.Taps * source.Channels * Padded(columns) * sizeof(T) <= SumBytes && UnitBytes(source, columns, 1) <= CacheBytes;
    }

    internal static void Run(in PatchSource<T> source, int columns, T* gradOutput, int outputChannels, T* gradFilter, int filterStride)
    {
        PatchGrid grid = source.Grid;
        int height = grid.Axes[1].Rows, lines = height, rows = grid.Taps * source.Channels;
        while (lines > 1 && UnitBytes(source, columns, lines) > CacheBytes)
            lines = (lines + 1) / 2;
        int groups = (height + lines - 1) / lines, units = grid.Batch * grid.Axes[0].Rows * groups, parts = Math.Min(MaximumParts, units);
        nint size = (nint)rows * Padded(columns);
        var body = new Body
        {
            Source = source, Columns = columns, Lines = lines, Groups = groups, Units = units, Parts = parts, GradOutput = gradOutput, OutputChannels = outputChannels, Size = size,
            Sums = ScratchMemory.Get<T>(ScratchMemory.Purpose.PartialSums, parts * size),
        };
        var join = new JoinBody { Rows = rows, Columns = columns, Parts = parts, Sums = body.Sums, Size = size, GradFilter = gradFilter, FilterStride = filterStride };
        int joins = (rows + JoinRows - 1) / JoinRows;
        if ((double)grid.Rows * rows * columns >= 1e6)
        {
            WorkerPool.Run(parts, ref body);
            WorkerPool.Run(joins, ref join);
            return;
        }

        for (int i = 0; i < parts; i++)
            body.Invoke(i);
        for (int i = 0; i < joins; i++)
            join.Invoke(i);
    }

    /// <summary>Columns up to whole vectors, so that no tile of the sums is ragged.</summary>
    static int Padded(int columns) => (columns + TUnit.Count - 1) / TUnit.Count * TUnit.Count;

    static long UnitBytes(in PatchSource<T> source, int columns, int lines) => sizeof(T) * Math.Max(LineCopy<T>.Length(source, lines), (long)lines * source.Grid.Axes[2].Rows * Padded(columns));

    /// <summary>One part of the lines per index, unit by unit.</summary>
    struct Body : IParallelBody
    {
        internal PatchSource<T> Source;
        internal int Columns, Lines, Groups, Units, Parts;
        internal T* GradOutput;
        internal int OutputChannels;
        internal nint Size;
        internal T* Sums;

        public readonly void Invoke(int index)
        {
            T* sums = Sums + index * Size;
            for (int row = 0, columns = Padded(Columns), rows = (int)(Size / columns); row < rows; row++)
                new Span<T>(sums + (nint)row * columns, columns).Clear();
            int end = (int)((long)(index + 1) * Units / Parts);
            for (int unit = (int)((long)index * Units / Parts); unit < end; unit++)
                Unit(unit, sums);
        }

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void Unit(int unit, T* sums)
        {
            PatchAxis height = Source.Grid.Axes[1], width = Source.Grid.Axes[2];
            int plane = unit / Groups, firstLine = unit % Groups * Lines, lines = Math.Min(Lines, height.Rows - firstLine);
            var copy = new LineCopy<T>(Source, plane, firstLine, lines);
            nint* offsets = stackalloc nint[lines];
            for (int line = 0; line < lines; line++)
                offsets[line] = line * copy.LineStep;

            int steps = lines * width.Rows, panelWidth = GemmDriver<T, TVector, TUnit>.PanelWidth, padded = Padded(Columns);
            T* gradient = GradOutput + (nint)(plane * height.Rows + firstLine) * width.Rows * OutputChannels;
            T* packed = ScratchMemory.Get<T>(ScratchMemory.Purpose.Right, (long)steps * padded);
            for (int column = 0; column < Columns; column += panelWidth)
                Packing.CopyRows(gradient + column, OutputChannels, steps, Math.Min(panelWidth, Columns - column), packed + (nint)column * steps, Math.Min(panelWidth, padded - column));

            nint pixel = (nint)width.Step * Source.Channels;
            int panels = (copy.RunLength + TUnit.Rows - 1) / TUnit.Rows;
            for (int column = 0; column < Columns; column += panelWidth)
            {
                int vectors = Math.Min(panelWidth, padded - column) / TUnit.Count;
                for (int run = 0; run < copy.Runs; run++)
                {
                    T* patch = copy.Start + copy.RunOffset(run), to = sums + (nint)run * copy.RunLength * padded + column;
                    for (int p = 0; p < panels; p++)
                    {
                        int first = (int)((long)p * copy.RunLength / panels), rows = (int)((long)(p + 1) * copy.RunLength / panels) - first;
                        MicroKernel<T, TVector, TUnit>.AddSegments(
                            rows, vectors, lines, offsets, width.Rows, patch + first, pixel, packed + (nint)column * steps, vectors * TUnit.Count, to + (nint)first * padded, padded);
                    }
                }
            }
        }
    }

    /// <summary>Adds the parts of some rows per index.</summary>
    struct JoinBody : IParallelBody
    {
        internal int Rows, Columns, Parts;
        internal T* Sums;
        internal nint Size;
        internal T* GradFilter;
        internal int FilterStride;

        public readonly void Invoke(int index)
        {
            int padded = Padded(Columns), first = index * JoinRows, rows = Math.Min(Rows - first, JoinRows);
            T* sum = Sums + (nint)first * padded;
            for (int part = 1; part < Parts; part++)
                TileFinish<T, TVector, TUnit>.Run(sum + part * Size, padded, rows, padded, sum, padded, true, default);
            TileFinish<T, TVector, TUnit>.Run(sum, padded, rows, Columns, GradFilter + (nint)first * FilterStride, FilterStride, false, default);
        }
    }
}
