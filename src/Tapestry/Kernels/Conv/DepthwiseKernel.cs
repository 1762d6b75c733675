using System.Numerics;
using System.Runtime.CompilerServices;
using Tapestry.Kernels.Gemm;
using Tapestry.Kernels.Threading;

namespace Tapestry.Kernels.Conv;

/// <summary>Convolutions whose channels never mix (one input and one output channel per group): vectors run over channels, so no element is moved.</summary>
static unsafe class DepthwiseKernel<T, TVector, TUnit>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TUnit : struct, IVectorUnit<T, TVector>
{
    const double ForkWork = 1e5;

    /// <summary>Into how many parts the positions of the filter's gradient are cut, at most.</summary>
    const int GradientParts = 16;

    /// <summary>target[q, c] = epilogue(Σ over taps source[q + t, c] · filter[t, c]) for the positions of one grid; used forward and for the gradient of the input.</summary>
    internal static void Correlate(in ConvGeometry geometry, in PatchGrid grid, T* source, T* filter, T* target, in PinnedEpilogue<T> epilogue)
    {
        int lines = grid.Batch * grid.Axes[0].Rows * grid.Axes[1].Rows;
        if (lines == 0 || grid.Axes[2].Rows == 0 || geometry.InputChannels == 0)
            return;
        int channels = geometry.InputChannels;
        double lineWork = (double)grid.Axes[2].Rows * channels * Math.Max(1, grid.Taps);
        int group = (int)Math.Clamp(3e4 / lineWork, 1, lines);
        var body = new LineBody
        {
            Geometry = geometry, Grid = grid, Source = new PatchSource<T>(source, channels, channels, grid), Lines = lines, Group = group, Filter = filter, Target = target, Epilogue = epilogue,
        };
        Spread((lines + group - 1) / group, lineWork * lines, ref body);
    }

    /// <summary>gradFilter[t, c] = Σ over positions source[q + t, c] · gradOutput[q, c], summed in parts of lines that depend on the shape only.</summary>
    internal static void FilterGradient(in ConvGeometry geometry, in PatchGrid grid, T* source, T* gradOutput, T* gradFilter)
    {
        int channels = geometry.InputChannels, size = grid.Taps * channels;
        int lines = grid.Batch * grid.Axes[0].Rows * grid.Axes[1].Rows;
        int parts = Math.Clamp(lines, 1, GradientParts);
        var body = new GradientBody
        {
            Grid = grid, Source = new PatchSource<T>(source, channels, channels, grid), Lines = lines, Parts = parts, GradOutput = gradOutput,
            Sums = ScratchMemory.Get<T>(ScratchMemory.Purpose.PartialSums, (long)parts * size), Size = size,
        };
        Spread(parts, (double)lines * grid.Axes[2].Rows * size, ref body);
        new Span<T>(body.Sums, size).CopyTo(new Span<T>(gradFilter, size));
        for (int part = 1; part < parts; part++)
            TileFinish<T, TVector, TUnit>.Run(body.Sums + (nint)part * size, 0, 1, size, gradFilter, 0, true, default);
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

    /// <summary>A few lines of the result per index.</summary>
    struct LineBody : IParallelBody
    {
        internal ConvGeometry Geometry;
        internal PatchGrid Grid;
        internal PatchSource<T> Source;
        internal int Lines, Group;
        internal T* Filter;
        internal T* Target;
        internal PinnedEpilogue<T> Epilogue;

        public readonly void Invoke(int index)
        {
            int end = Math.Min(Lines, (index + 1) * Group);
            for (int line = index * Group; line < end; line++)
                Line(line);
        }

        [SkipLocalsInit]
        readonly void Line(int line)
        {
            PatchAxis depth = Grid.Axes[0], height = Grid.Axes[1], width = Grid.Axes[2];
            int channels = Geometry.InputChannels;
            var position = new PatchPosition(line * width.Rows, Grid);

            // The source lines and filter rows that this line of the result meets.
            int capacity = Math.Max(1, depth.Taps * height.Taps), count = 0;
            T** sources = stackalloc T*[capacity];
            T** filters = stackalloc T*[capacity];
            for (int d = 0; d < depth.Taps; d++)
            {
                for (int h = 0; h < height.Taps; h++)
                {
                    T* from = Source.Line(position.Image, position.D * depth.Step + depth.Origin + d * depth.TapStep, position.H * height.Step + height.Origin + h * height.TapStep);
                    if (from == null || width.Taps == 0)
                        continue;
                    sources[count] = from;
                    filters[count++] = Filter + (nint)Grid.FilterTap((d * height.Taps + h) * width.Taps, Geometry) * channels;
                }
            }

            nint targetLine = ((nint)position.Image * depth.TargetExtent + position.D * depth.TargetStep + depth.TargetOrigin) * height.TargetExtent + position.H * height.TargetStep + height.TargetOrigin;
            nint targetPixel = targetLine * width.TargetExtent + width.TargetOrigin;
            T* target = Target + targetPixel * channels;
            nint targetStep = (nint)width.TargetStep * channels;
            for (int q = 0; q < width.Rows;)
            {
                int x = q * width.Step + width.Origin;
                bool four = q + 4 <= width.Rows && x >= 0 && x + 3 * width.Step + (width.Taps - 1) * width.TapStep < width.Extent;
                if (four)
                {
                    Four(sources, filters, count, x, target + q * targetStep, targetStep);
                    q += 4;
                }
                else
                {
                    One(sources, filters, count, x, target + q * targetStep);
                    q++;
                }
            }

            if (!Epilogue.IsEmpty)
                TileFinish<T, TVector, TUnit>.Run(target, targetStep, width.Rows, channels, target, targetStep, false, Epilogue.At(targetPixel, 0));
        }

        /// <summary>Four neighbouring positions whose taps all lie in the picture; a filter value is loaded once for all four.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void Four(T** sources, T** filters, int count, int x, T* target, nint targetStep)
        {
            PatchAxis width = Grid.Axes[2];
            int channels = Geometry.InputChannels, taps = width.Taps;
            nint step = (nint)width.Step * channels, tapStep = (nint)width.TapStep * channels, filterStep = (nint)width.FilterStep * channels;
            for (int c = 0; c < channels; c += TUnit.Count)
            {
                int rest = channels - c;
                TVector s0 = TUnit.Zero, s1 = TUnit.Zero, s2 = TUnit.Zero, s3 = TUnit.Zero;
                for (int i = 0; i < count; i++)
                {
                    T* from = sources[i] + (nint)x * channels + c, filter = filters[i] + c;
                    if (rest >= TUnit.Count)
                    {
                        for (int t = 0; t < taps; t++, from += tapStep, filter += filterStep)
                        {
                            TVector weight = TUnit.Load(filter);
                            s0 = TUnit.MultiplyAdd(TUnit.Load(from), weight, s0);
                            s1 = TUnit.MultiplyAdd(TUnit.Load(from + step), weight, s1);
                            s2 = TUnit.MultiplyAdd(TUnit.Load(from + 2 * step), weight, s2);
                            s3 = TUnit.MultiplyAdd(TUnit.Load(from + 3 * step), weight, s3);
                        }
                    }
                    else
                    {
                        for (int t = 0; t < taps; t++, from += tapStep, filter += filterStep)
                        {
                            TVector weight = TUnit.LoadPartial(filter, rest);
                            s0 = TUnit.MultiplyAdd(TUnit.LoadPartial(from, rest), weight, s0);
                            s1 = TUnit.MultiplyAdd(TUnit.LoadPartial(from + step, rest), weight, s1);
                            s2 = TUnit.MultiplyAdd(TUnit.LoadPartial(from + 2 * step, rest), weight, s2);
                            s3 = TUnit.MultiplyAdd(TUnit.LoadPartial(from + 3 * step, rest), weight, s3);
                        }
                    }
                }

                T* to = target + c;
                if (rest >= TUnit.Count)
                {
                    TUnit.Store(to, s0);
                    TUnit.Store(to + targetStep, s1);
                    TUnit.Store(to + 2 * targetStep, s2);
                    TUnit.Store(to + 3 * targetStep, s3);
                }
                else
                {
                    TUnit.StorePartial(to, s0, rest);
                    TUnit.StorePartial(to + targetStep, s1, rest);
                    TUnit.StorePartial(to + 2 * targetStep, s2, rest);
                    TUnit.StorePartial(to + 3 * targetStep, s3, rest);
                }
            }
        }

        /// <summary>One position; taps outside the picture are left out.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void One(T** sources, T** filters, int count, int x, T* target)
        {
            PatchAxis width = Grid.Axes[2];
            int channels = Geometry.InputChannels;
            nint filterStep = (nint)width.FilterStep * channels;
            for (int c = 0; c < channels; c += TUnit.Count)
            {
                int rest = channels - c;
                TVector sum = TUnit.Zero;
                for (int i = 0; i < count; i++)
                {
                    for (int t = 0; t < width.Taps; t++)
                    {
                        int at = x + t * width.TapStep;
                        if ((uint)at >= (uint)width.Extent)
                            continue;
                        T* from = sources[i] + (nint)at * channels + c, filter = filters[i] + t * filterStep + c;
                        sum = rest >= TUnit.Count
                            ? TUnit.MultiplyAdd(TUnit.Load(from), TUnit.Load(filter), sum)
                            : TUnit.MultiplyAdd(TUnit.LoadPartial(from, rest), TUnit.LoadPartial(filter, rest), sum);
                    }
                }

                if (rest >= TUnit.Count)
                    TUnit.Store(target + c, sum);
                else
                    TUnit.StorePartial(target + c, sum, rest);
            }
        }
    }

    /// <summary>The filter's gradient over one part of the lines per index.</summary>
    struct GradientBody : IParallelBody
    {
        internal PatchGrid Grid;
        internal PatchSource<T> Source;
        internal int Lines, Parts, Size;
        internal T* GradOutput;
        internal T* Sums;

        public readonly void Invoke(int index)
        {
            T* sums = Sums + (nint)index * Size;
            new Span<T>(sums, Size).Clear();
            int end = (int)((long)(index + 1) * Lines / Parts);
            for (int line = (int)((long)index * Lines / Parts); line < end; line++)
                Line(line, sums);
        }

        readonly void Line(int line, T* sums)
        {
            PatchAxis depth = Grid.Axes[0], height = Grid.Axes[1], width = Grid.Axes[2];
            int channels = Source.Channels;
            var position = new PatchPosition(line * width.Rows, Grid);
            T* gradient = GradOutput + (nint)line * width.Rows * channels;
            for (int d = 0; d < depth.Taps; d++)
            {
                for (int h = 0; h < height.Taps; h++)
                {
                    T* from = Source.Line(position.Image, position.D * depth.Step + depth.Origin + d * depth.TapStep, position.H * height.Step + height.Origin + h * height.TapStep);
                    if (from == null)
                        continue;
                    for (int w = 0; w < width.Taps; w++)
                    {
                        int x = width.Origin + w * width.TapStep;
                        int low = x >= 0 ? 0 : (-x + width.Step - 1) / width.Step;
                        int high = x >= width.Extent ? 0 : Math.Min(width.Rows, (width.Extent - x + width.Step - 1) / width.Step);
                        if (low < high)
                        {
                            Tap(
                                from + ((nint)x + (nint)low * width.Step) * channels, (nint)width.Step * channels, gradient + (nint)low * channels, high - low, channels,
                                sums + (nint)((d * height.Taps + h) * width.Taps + w) * channels);
                        }
                    }
                }
            }
        }

        /// <summary>Adds one tap's products over a stretch of a line; four chains per vector hide the latency of the addition.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void Tap(T* source, nint step, T* gradient, int count, int channels, T* sums)
        {
            for (int c = 0; c < channels; c += TUnit.Count)
            {
                int rest = channels - c;
                T* from = source + c, by = gradient + c;
                TVector s0 = TUnit.Zero, s1 = TUnit.Zero, s2 = TUnit.Zero, s3 = TUnit.Zero;
                int q = 0;
                if (rest >= TUnit.Count)
                {
                    for (; q + 4 <= count; q += 4)
                    {
                        s0 = TUnit.MultiplyAdd(TUnit.Load(from), TUnit.Load(by), s0);
                        s1 = TUnit.MultiplyAdd(TUnit.Load(from + step), TUnit.Load(by + channels), s1);
                        s2 = TUnit.MultiplyAdd(TUnit.Load(from + 2 * step), TUnit.Load(by + 2 * channels), s2);
                        s3 = TUnit.MultiplyAdd(TUnit.Load(from + 3 * step), TUnit.Load(by + 3 * channels), s3);
                        from += 4 * step;
                        by += 4 * channels;
                    }

                    for (; q < count; q++, from += step, by += channels)
                        s0 = TUnit.MultiplyAdd(TUnit.Load(from), TUnit.Load(by), s0);
                    TUnit.Store(sums + c, TUnit.Add(TUnit.Load(sums + c), TUnit.Add(TUnit.Add(s0, s1), TUnit.Add(s2, s3))));
                }
                else
                {
                    for (; q < count; q++, from += step, by += channels)
                        s0 = TUnit.MultiplyAdd(TUnit.LoadPartial(from, rest), TUnit.LoadPartial(by, rest), s0);
                    TUnit.StorePartial(sums + c, TUnit.Add(TUnit.LoadPartial(sums + c, rest), s0), rest);
                }
            }
        }
    }
}
