using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
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

            // Source and filter of every tap that meets a line inside the picture, as seen from x = 0.
            int capacity = Math.Max(1, Grid.Taps), count = 0, taps = width.Taps;
            T** sources = stackalloc T*[capacity];
            T** filters = stackalloc T*[capacity];
            for (int d = 0; d < depth.Taps; d++)
            {
                for (int h = 0; h < height.Taps; h++)
                {
                    T* from = Source.Line(position.Image, position.D * depth.Step + depth.Origin + d * depth.TapStep, position.H * height.Step + height.Origin + h * height.TapStep);
                    if (from == null)
                        continue;
                    for (int w = 0; w < taps; w++)
                    {
                        sources[count] = from + (nint)w * width.TapStep * channels;
                        filters[count++] = Filter + (nint)Grid.FilterTap((d * height.Taps + h) * taps + w, Geometry) * channels;
                    }
                }
            }

            nint targetLine = ((nint)position.Image * depth.TargetExtent + position.D * depth.TargetStep + depth.TargetOrigin) * height.TargetExtent + position.H * height.TargetStep + height.TargetOrigin;
            nint targetPixel = targetLine * width.TargetExtent + width.TargetOrigin;
            T* target = Target + targetPixel * channels;
            nint targetStep = (nint)width.TargetStep * channels, step = (nint)width.Step * channels;

            // From first to end all taps lie in the picture.
            int reach = (taps - 1) * width.TapStep;
            int first = Math.Clamp((-width.Origin + width.Step - 1) / width.Step, 0, width.Rows);
            int end = width.Extent - width.Origin - reach <= 0 ? first : Math.Clamp((width.Extent - width.Origin - reach - 1) / width.Step + 1, first, width.Rows);
            int q = 0;
            while (q < width.Rows)
            {
                int x = q * width.Step + width.Origin;
                if (q < first || end - first < 4 || q >= end)
                {
                    Border(sources, filters, count, x, target + q * targetStep);
                    q++;
                    continue;
                }

                // The last four positions may overlap those before: they get the same values again.
                int four = Math.Min(q, end - 4);
                Four(sources, filters, count, (nint)(four * width.Step + width.Origin) * channels, step, channels, target + four * targetStep, targetStep);
                q = four + 4;
            }

            if (!Epilogue.IsEmpty)
                TileFinish<T, TVector, TUnit>.Run(target, targetStep, width.Rows, channels, target, targetStep, false, Epilogue.At(targetPixel, 0));
            if (!Epilogue.Finish.IsEmpty)
                Epilogue.Finish.Run(target, targetStep, width.Rows, channels);
        }

        /// <summary>Four neighbouring positions whose taps all lie in the picture; a filter value is loaded once for all four.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void Four(T** sources, T** filters, int count, nint offset, nint step, int channels, T* target, nint targetStep)
        {
            // The last line is new to the caches, and too many streams run at once for the processor to foresee it.
            T* ahead = count == 0 ? target : sources[count - 1] + offset + 8 * step;
            int c = 0;
            for (; c + 2 * TUnit.Count <= channels; c += 2 * TUnit.Count)
            {
                if (Sse.IsSupported)
                {
                    T* next = ahead + c;
                    for (int i = 0; i < 4; i++, next += step)
                    {
                        Sse.Prefetch0(next);
                        Sse.Prefetch0(next + TUnit.Count);
                    }
                }

                TVector s0 = TUnit.Zero, s1 = TUnit.Zero, s2 = TUnit.Zero, s3 = TUnit.Zero, t0 = TUnit.Zero, t1 = TUnit.Zero, t2 = TUnit.Zero, t3 = TUnit.Zero;
                nint at = offset + c;
                for (int i = 0; i < count; i++)
                {
                    T* from = sources[i] + at, filter = filters[i] + c;
                    TVector weight = TUnit.Load(filter), other = TUnit.Load(filter + TUnit.Count);
                    s0 = TUnit.MultiplyAdd(TUnit.Load(from), weight, s0);
                    t0 = TUnit.MultiplyAdd(TUnit.Load(from + TUnit.Count), other, t0);
                    from += step;
                    s1 = TUnit.MultiplyAdd(TUnit.Load(from), weight, s1);
                    t1 = TUnit.MultiplyAdd(TUnit.Load(from + TUnit.Count), other, t1);
                    from += step;
                    s2 = TUnit.MultiplyAdd(TUnit.Load(from), weight, s2);
                    t2 = TUnit.MultiplyAdd(TUnit.Load(from + TUnit.Count), other, t2);
                    from += step;
                    s3 = TUnit.MultiplyAdd(TUnit.Load(from), weight, s3);
                    t3 = TUnit.MultiplyAdd(TUnit.Load(from + TUnit.Count), other, t3);
                }

                T* to = target + c;
                TUnit.Store(to, s0);
                TUnit.Store(to + TUnit.Count, t0);
                to += targetStep;
                TUnit.Store(to, s1);
                TUnit.Store(to + TUnit.Count, t1);
                to += targetStep;
                TUnit.Store(to, s2);
                TUnit.Store(to + TUnit.Count, t2);
                to += targetStep;
                TUnit.Store(to, s3);
                TUnit.Store(to + TUnit.Count, t3);
            }

            for (; c < channels; c += TUnit.Count)
            {
                int rest = Math.Min(TUnit.Count, channels - c);
                TVector s0 = TUnit.Zero, s1 = TUnit.Zero, s2 = TUnit.Zero, s3 = TUnit.Zero;
                for (int i = 0; i < count; i++)
                {
                    T* from = sources[i] + offset + c;
                    TVector weight = TUnit.LoadPartial(filters[i] + c, rest);
                    s0 = TUnit.MultiplyAdd(TUnit.LoadPartial(from, rest), weight, s0);
                    s1 = TUnit.MultiplyAdd(TUnit.LoadPartial(from + step, rest), weight, s1);
                    s2 = TUnit.MultiplyAdd(TUnit.LoadPartial(from + 2 * step, rest), weight, s2);
                    s3 = TUnit.MultiplyAdd(TUnit.LoadPartial(from + 3 * step, rest), weight, s3);
                }

                T* to = target + c;
                TUnit.StorePartial(to, s0, rest);
                TUnit.StorePartial(to + targetStep, s1, rest);
                TUnit.StorePartial(to + 2 * targetStep, s2, rest);
                TUnit.StorePartial(to + 3 * targetStep, s3, rest);
            }
        }

        /// <summary>One position at the border: the taps outside the picture are left out.</summary>
        [SkipLocalsInit]
        readonly void Border(T** sources, T** filters, int count, int x, T* target)
        {
            PatchAxis width = Grid.Axes[2];
            T** inside = stackalloc T*[Math.Max(1, count)];
            T** weights = stackalloc T*[Math.Max(1, count)];
            int valid = 0;
            for (int i = 0; i < count; i++)
            {
                if ((uint)(x + i % width.Taps * width.TapStep) >= (uint)width.Extent)
                    continue;
                inside[valid] = sources[i] + (nint)x * Geometry.InputChannels;
                weights[valid++] = filters[i];
            }

            One(inside, weights, valid, Geometry.InputChannels, target);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void One(T** sources, T** filters, int count, int channels, T* target)
        {
            int c = 0;
            for (; c + 4 * TUnit.Count <= channels; c += 4 * TUnit.Count)
            {
                TVector s0 = TUnit.Zero, s1 = TUnit.Zero, s2 = TUnit.Zero, s3 = TUnit.Zero;
                for (int i = 0; i < count; i++)
                {
                    T* from = sources[i] + c, filter = filters[i] + c;
                    s0 = TUnit.MultiplyAdd(TUnit.Load(from), TUnit.Load(filter), s0);
                    s1 = TUnit.MultiplyAdd(TUnit.Load(from + TUnit.Count), TUnit.Load(filter + TUnit.Count), s1);
                    s2 = TUnit.MultiplyAdd(TUnit.Load(from + 2 * TUnit.Count), TUnit.Load(filter + 2 * TUnit.Count), s2);
                    s3 = TUnit.MultiplyAdd(TUnit.Load(from + 3 * TUnit.Count), TUnit.Load(filter + 3 * TUnit.Count), s3);
                }

                TUnit.Store(target + c, s0);
                TUnit.Store(target + c + TUnit.Count, s1);
                TUnit.Store(target + c + 2 * TUnit.Count, s2);
                TUnit.Store(target + c + 3 * TUnit.Count, s3);
            }

            for (; c < channels; c += TUnit.Count)
            {
                int rest = Math.Min(TUnit.Count, channels - c);
                TVector sum = TUnit.Zero;
                for (int i = 0; i < count; i++)
                    sum = TUnit.MultiplyAdd(TUnit.LoadPartial(sources[i] + c, rest), TUnit.LoadPartial(filters[i] + c, rest), sum);
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

            // The loops below jump from position to position; the lines of the next round are fetched in order instead.
            Fetch(gradient + (nint)width.Rows * channels, width.Rows * channels);
            T* next = Source.Line(position.Image, position.D * depth.Step + depth.Origin, (position.H + 1) * height.Step + height.Origin + (height.Taps - 1) * height.TapStep);
            if (next != null)
                Fetch(next, width.Extent * channels);
            for (int d = 0; d < depth.Taps; d++)
            {
                for (int h = 0; h < height.Taps; h++)
                {
                    T* from = Source.Line(position.Image, position.D * depth.Step + depth.Origin + d * depth.TapStep, position.H * height.Step + height.Origin + h * height.TapStep);
                    if (from == null)
                        continue;
                    T* lineSums = sums + (nint)(d * height.Taps + h) * width.Taps * channels;
                    int w = 0;
                    for (; w + 3 <= width.Taps; w += 3)
                        Three(from, w, gradient, lineSums + (nint)w * channels);
                    for (; w < width.Taps; w++)
                    {
                        Range(w, out int low, out int high);
                        if (low < high)
                            Tap(from + (nint)(width.Origin + w * width.TapStep + low * width.Step) * channels, (nint)width.Step * channels, gradient + (nint)low * channels, high - low, channels, lineSums + (nint)w * channels);
                    }
                }
            }
        }

        static void Fetch(T* start, int count)
        {
            if (!Sse.IsSupported)
                return;
            for (int i = 0; i < count; i += 64 / sizeof(T))
                Sse.Prefetch1(start + i);
        }

        /// <summary>The positions of a line whose tap <paramref name="w"/> lies in the picture.</summary>
        readonly void Range(int w, out int low, out int high)
        {
            PatchAxis width = Grid.Axes[2];
            int x = width.Origin + w * width.TapStep;
            low = x >= 0 ? 0 : (-x + width.Step - 1) / width.Step;
            high = x >= width.Extent ? 0 : Math.Min(width.Rows, (width.Extent - x + width.Step - 1) / width.Step);
        }

        /// <summary>Three neighbouring taps share the loads of the upstream gradient; where only some of them lie in the picture they are added one by one.</summary>
        readonly void Three(T* from, int w, T* gradient, T* sums)
        {
            PatchAxis width = Grid.Axes[2];
            int channels = Source.Channels, common = 0, end = width.Rows;
            nint step = (nint)width.Step * channels, tapStep = (nint)width.TapStep * channels;
            T* start = from + (nint)(width.Origin + w * width.TapStep) * channels;
            for (int t = 0; t < 3; t++)
            {
                Range(w + t, out int low, out int high);
                common = Math.Max(common, low);
                end = Math.Min(end, high);
            }

            end = Math.Max(end, common);
            for (int t = 0; t < 3; t++)
            {
                Range(w + t, out int low, out int high);
                int before = Math.Min(high, common), after = Math.Max(low, end);
                if (low < before)
                    Tap(start + t * tapStep + low * step, step, gradient + (nint)low * channels, before - low, channels, sums + (nint)t * channels);
                if (after < high)
                    Tap(start + t * tapStep + after * step, step, gradient + (nint)after * channels, high - after, channels, sums + (nint)t * channels);
            }

            if (common < end)
                Shared(start + common * step, step, tapStep, gradient + (nint)common * channels, end - common, channels, sums);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void Shared(T* source, nint step, nint tapStep, T* gradient, int count, int channels, T* sums)
        {
            int c = 0;
            for (; c + 2 * TUnit.Count <= channels; c += 2 * TUnit.Count)
            {
                T* from = source + c, by = gradient + c;
                TVector s0 = TUnit.Zero, s1 = TUnit.Zero, s2 = TUnit.Zero, t0 = TUnit.Zero, t1 = TUnit.Zero, t2 = TUnit.Zero;
                for (int q = 0; q < count; q++, from += step, by += channels)
                {
                    TVector g = TUnit.Load(by), h = TUnit.Load(by + TUnit.Count);
                    s0 = TUnit.MultiplyAdd(TUnit.Load(from), g, s0);
                    t0 = TUnit.MultiplyAdd(TUnit.Load(from + TUnit.Count), h, t0);
                    s1 = TUnit.MultiplyAdd(TUnit.Load(from + tapStep), g, s1);
                    t1 = TUnit.MultiplyAdd(TUnit.Load(from + tapStep + TUnit.Count), h, t1);
                    s2 = TUnit.MultiplyAdd(TUnit.Load(from + 2 * tapStep), g, s2);
                    t2 = TUnit.MultiplyAdd(TUnit.Load(from + 2 * tapStep + TUnit.Count), h, t2);
                }

                Add(sums + c, s0, TUnit.Count);
                Add(sums + c + TUnit.Count, t0, TUnit.Count);
                Add(sums + channels + c, s1, TUnit.Count);
                Add(sums + channels + c + TUnit.Count, t1, TUnit.Count);
                Add(sums + 2 * channels + c, s2, TUnit.Count);
                Add(sums + 2 * channels + c + TUnit.Count, t2, TUnit.Count);
            }

            for (; c < channels; c += TUnit.Count)
            {
                int rest = Math.Min(TUnit.Count, channels - c);
                T* from = source + c, by = gradient + c;
                TVector s0 = TUnit.Zero, s1 = TUnit.Zero, s2 = TUnit.Zero;
                for (int q = 0; q < count; q++, from += step, by += channels)
                {
                    TVector g = TUnit.LoadPartial(by, rest);
                    s0 = TUnit.MultiplyAdd(TUnit.LoadPartial(from, rest), g, s0);
                    s1 = TUnit.MultiplyAdd(TUnit.LoadPartial(from + tapStep, rest), g, s1);
                    s2 = TUnit.MultiplyAdd(TUnit.LoadPartial(from + 2 * tapStep, rest), g, s2);
                }

                Add(sums + c, s0, rest);
                Add(sums + channels + c, s1, rest);
                Add(sums + 2 * channels + c, s2, rest);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Add(T* sum, TVector value, int count) => TUnit.StorePartial(sum, TUnit.Add(TUnit.LoadPartial(sum, count), value), count);

        /// <summary>Adds one tap's products over a stretch of a line.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void Tap(T* source, nint step, T* gradient, int count, int channels, T* sums)
        {
            for (int c = 0; c < channels; c += TUnit.Count)
            {
                int rest = Math.Min(TUnit.Count, channels - c);
                T* from = source + c, by = gradient + c;
                TVector sum = TUnit.Zero;
                for (int q = 0; q < count; q++, from += step, by += channels)
                    sum = TUnit.MultiplyAdd(TUnit.LoadPartial(from, rest), TUnit.LoadPartial(by, rest), sum);
                Add(sums + c, sum, rest);
            }
        }
    }
}
