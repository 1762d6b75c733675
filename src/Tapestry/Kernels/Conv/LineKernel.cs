using System.Numerics;
using System.Runtime.CompilerServices;
using Tapestry.Kernels.Gemm;
using Tapestry.Kernels.Threading;

namespace Tapestry.Kernels.Conv;

/// <summary>
/// Convolution with few output channels: the lines that a few lines of the result need are copied once, with their padding, and the micro-kernel reads patches
/// from this copy in place. Packing every patch, as the general product does, would cost as much as multiplying it.
/// </summary>
static unsafe class LineKernel<T, TVector, TUnit>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TUnit : struct, IVectorUnit<T, TVector>
{
    /// <summary>Panels of columns from which on packing pays.</summary>
    const int MaximumPanels = 4;

    /// <summary>Of the second cache, the lines and one panel of the filter may each take this much.</summary>
    const int CacheBytes = 256 << 10;

    const double ForkWork = 2e6;
    const double ItemWork = 1e6;

    internal static bool IsSuitable(in PatchSource<T> source, int columns)
    {
        PatchGrid grid = source.Grid;
        int panelWidth = GemmDriver<T, TVector, TUnit>.PanelWidth;
        return grid.Taps > 0 && !grid.IsPlain && columns <= MaximumPanels * panelWidth && columns > 0 && grid.Rows > 0
            && (long)grid.Taps * source.Channels * panelWidth * sizeof(T) <= CacheBytes && LineCopy<T>.Length(source, 1) * sizeof(T) <= CacheBytes;
    }

    internal static void Run<TRight>(in PatchSource<T> source, int columns, in TRight right, in PatchTarget<T> target, in PinnedEpilogue<T> epilogue)
        where TRight : struct, IRightOperand<T>
    {
        PatchGrid grid = source.Grid;
        int k = grid.Taps * source.Channels;
        double work = (double)grid.Rows * columns * k;

        // As many lines per item as the cache holds, but enough items for the threads; the choice does not touch the order of any sum.
        int height = grid.Axes[1].Rows, planes = grid.Batch * grid.Axes[0].Rows;
        int lines = height;
        while (lines > 1 && (LineCopy<T>.Length(source, lines) * sizeof(T) > CacheBytes || work / planes / height * lines > 8 * ItemWork))
            lines = (lines + 1) / 2;
        int groups = (height + lines - 1) / lines;
        var body = new Body
        {
            Source = source, Target = target, Columns = columns, Steps = k, Lines = lines, Groups = groups,
            Epilogue = epilogue, Packed = GemmDriver<T, TVector, TUnit>.PackRight(columns, k, right),
        };
        if (work >= ForkWork)
        {
            WorkerPool.Run(planes * groups, ref body);
            return;
        }

        for (int i = 0; i < planes * groups; i++)
            body.Invoke(i);
    }

    /// <summary>Some neighbouring lines of one plane of the result per index.</summary>
    struct Body : IParallelBody
    {
        internal PatchSource<T> Source;
        internal PatchTarget<T> Target;
        internal int Columns, Steps, Lines, Groups;
        internal PinnedEpilogue<T> Epilogue;
        internal T* Packed;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke(int index)
        {
            PatchAxis height = Source.Grid.Axes[1], width = Source.Grid.Axes[2];
            int plane = index / Groups, firstLine = index % Groups * Lines, lines = Math.Min(Lines, height.Rows - firstLine);
            var copy = new LineCopy<T>(Source, plane, firstLine, lines);
            nint* offsets = stackalloc nint[copy.Runs];
            for (int run = 0; run < copy.Runs; run++)
                offsets[run] = copy.RunOffset(run);

            int panelWidth = GemmDriver<T, TVector, TUnit>.PanelWidth, rowPanels = (width.Rows + TUnit.Rows - 1) / TUnit.Rows;
            nint pixel = (nint)width.Step * Source.Channels;
            T* tile = stackalloc T[TUnit.Rows * panelWidth];
            for (int column = 0; column < Columns; column += panelWidth)
            {
                int columns = Math.Min(panelWidth, Columns - column), vectors = columns <= TUnit.Count ? 1 : 2;
                bool direct = columns == vectors * TUnit.Count && Epilogue.IsEmpty;
                T* right = Packed + (nint)column * Steps;
                for (int line = 0; line < lines; line++)
                {
                    int lineRow = (plane * height.Rows + firstLine + line) * width.Rows;
                    T* patch = copy.Start + line * copy.LineStep;
                    Target.Locate(lineRow, width.Rows, out T* target, out nint targetStep);
                    target += column;
                    for (int p = 0; p < rowPanels; p++)
                    {
                        int first = (int)((long)p * width.Rows / rowPanels), rows = (int)((long)(p + 1) * width.Rows / rowPanels) - first;
                        T* to = target + first * targetStep;
                        if (direct)
                        {
                            MicroKernel<T, TVector, TUnit>.RunSegments(rows, vectors, copy.Runs, offsets, copy.RunLength, patch + first * pixel, pixel, right, vectors * TUnit.Count, to, targetStep);
                            continue;
                        }

                        MicroKernel<T, TVector, TUnit>.RunSegments(rows, vectors, copy.Runs, offsets, copy.RunLength, patch + first * pixel, pixel, right, vectors * TUnit.Count, tile, panelWidth);
                        TileFinish<T, TVector, TUnit>.Run(tile, panelWidth, rows, columns, to, targetStep, false, Epilogue.IsEmpty ? default : Epilogue.At(lineRow + first, column));
                    }
                }
            }

            GemmDriver<T, TVector, TUnit>.FinishBlock(Target, (plane * height.Rows + firstLine) * width.Rows, lines * width.Rows, 0, Columns, Epilogue.Finish);
        }
    }
}
