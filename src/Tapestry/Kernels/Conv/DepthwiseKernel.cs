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

    /// <summary>How large source and result are together where the result is stored past the caches.</summary>
    const long StreamedBytes = 24L << 20;

    /// <summary>How much of a line its filter's gradient goes through at a time.</summary>
    const int BlockBytes = 4096;

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
            Streams = epilogue.IsEmpty && epilogue.Finish.IsEmpty && IsLarge(grid, channels) && channels % (2 * TUnit.Count) == 0 && (nint)target % (TUnit.Count * sizeof(T)) == 0,
        };
        WorkerPool.Run((lines + group - 1) / group, ref body, forks: lineWork * lines >= ForkWork);
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
        WorkerPool.Run(parts, ref body, forks: (double)lines * grid.Axes[2].Rows * size >= ForkWork);
        new Span<T>(body.Sums, size).CopyTo(new Span<T>(gradFilter, size));
        for (int part = 1; part < parts; part++)
            TileFinish<T, TVector, TUnit>.Run(body.Sums + (nint)part * size, 0, 1, size, gradFilter, 0, true, default);
    }

    /// <summary>Whether source and result would fill most of a processor's share of the last cache: then the result only drives out the source, which the gradient reads again, and each of its lines is read from memory before it is written.</summary>
    static bool IsLarge(in PatchGrid grid, int channels)
    {
        long source = grid.Batch, target = grid.Batch;
        for (int i = 0; i < Spatial.Count; i++)
        {
            source *= grid.Axes[i].Extent;
            target *= grid.Axes[i].TargetExtent;
        }

        return (source + target) * channels * sizeof(T) >= StreamedBytes;
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

        /// <summary>Whether results are stored past the caches.</summary>
        internal bool Streams;

        public readonly void Invoke(int index)
        {
            int end = Math.Min(Lines, (index + 1) * Group);
            for (int line = index * Group; line < end; line++)
                Line(line);
            if (Streams && Sse.IsSupported)
                Sse.StoreFence();
        }

        [SkipLocalsInit]
        readonly void Line(int line)
        {
            PatchAxis depth = Grid.Axes[0], height = Grid.Axes[1], width = Grid.Axes[2];
            int channels = Geometry.InputChannels;
            var position = new PatchPosition(line * width.Rows, Grid);

            // Source and filter of the first tap of every line inside the picture, as seen from x = 0.
            int capacity = Math.Max(1, depth.Taps * height.Taps), count = 0, taps = width.Taps;
            T** sources = stackalloc T*[capacity];
            T** filters = stackalloc T*[capacity];
            for (int d = 0; d < depth.Taps; d++)
            {
                for (int h = 0; h < height.Taps; h++)
                {
                    T* from = Source.Line(position.Image, position.D * depth.Step + depth.Origin + d * depth.TapStep, position.H * height.Step + height.Origin + h * height.TapStep);
                    if (from == null || taps == 0)
                        continue;
                    nint filterLine = (nint)(depth.FilterOrigin + d * depth.FilterStep) * Geometry.Filter[1] + height.FilterOrigin + h * height.FilterStep;
                    sources[count] = from;
                    filters[count++] = Filter + (filterLine * Geometry.Filter[2] + width.FilterOrigin) * channels;
                }
            }

            // Where three taps meet the same values as the positions beside them, lines are taken as wholes; elsewhere tap by tap.
            nint tapStep = (nint)width.TapStep * channels, filterStep = (nint)width.FilterStep * channels;
            bool slides = width.Step == width.TapStep && taps >= 3;
            T** tapSources = stackalloc T*[slides ? 1 : capacity * Math.Max(1, taps)];
            T** tapFilters = stackalloc T*[slides ? 1 : capacity * Math.Max(1, taps)];
            for (int i = 0; !slides && i < count * taps; i++)
            {
                int at = i / taps, w = i - at * taps;
                tapSources[i] = sources[at] + w * tapStep;
                tapFilters[i] = filters[at] + w * filterStep;
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
                if (q < first || end - first < 4 || q >= end)
                {
                    Border(sources, filters, count, q * width.Step + width.Origin, target + q * targetStep);
                    q++;
                    continue;
                }

                // The last four positions may overlap those before: they get the same values again.
                int four = Math.Min(q, end - 4);
                nint offset = (nint)(four * width.Step + width.Origin) * channels;
                if (slides)
                    Sliding(sources, filters, count, taps, offset, step, filterStep, channels, target + four * targetStep, targetStep, Streams);
                else
                    Four(tapSources, tapFilters, count * taps, offset, step, 0, channels, target + four * targetStep, targetStep, Streams);
                q = four + 4;
            }

            if (!Epilogue.IsEmpty)
                TileFinish<T, TVector, TUnit>.Run(target, targetStep, width.Rows, channels, target, targetStep, false, Epilogue.At(targetPixel, 0));
            if (!Epilogue.Finish.IsEmpty)
                Epilogue.Finish.Run(target, targetStep, width.Rows, channels);
        }

        /// <summary>Asks for two vectors of the next four positions.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void FetchFour(T* next, nint step)
        {
            if (!Sse.IsSupported)
                return;
            for (int i = 0; i < 4; i++, next += step)
            {
                Sse.Prefetch0(next);
                if (2 * TUnit.Count * sizeof(T) > 64)
                    Sse.Prefetch0(next + TUnit.Count);
            }
        }

        /// <summary>Stores two vectors of each of four positions.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void StoreFour(T* to, nint targetStep, TVector s0, TVector s1, TVector s2, TVector s3, TVector t0, TVector t1, TVector t2, TVector t3, bool streams)
        {
            if (streams)
            {
                TUnit.StoreStreaming(to, s0);
                TUnit.StoreStreaming(to + TUnit.Count, t0);
                to += targetStep;
                TUnit.StoreStreaming(to, s1);
                TUnit.StoreStreaming(to + TUnit.Count, t1);
                to += targetStep;
                TUnit.StoreStreaming(to, s2);
                TUnit.StoreStreaming(to + TUnit.Count, t2);
                to += targetStep;
                TUnit.StoreStreaming(to, s3);
                TUnit.StoreStreaming(to + TUnit.Count, t3);
                return;
            }

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

        /// <summary>Four neighbouring positions whose taps all lie in the picture, from one channel on; a filter value is loaded once for all four.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void Four(T** sources, T** filters, int count, nint offset, nint step, int firstChannel, int channels, T* target, nint targetStep, bool streams)
        {
            // The last line is new to the caches, and too many streams run at once for the processor to foresee it.
            T* ahead = count == 0 ? target : sources[count - 1] + offset + 8 * step;
            int c = firstChannel;
            for (; c + 2 * TUnit.Count <= channels; c += 2 * TUnit.Count)
            {
                FetchFour(ahead + c, step);
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

                StoreFour(target + c, targetStep, s0, s1, s2, s3, t0, t1, t2, t3, streams);
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

        /// <summary>The same where taps step as positions do: three taps of a line share the source values that the four positions meet. The lists have the first taps of lines.</summary>
        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void Sliding(T** sources, T** filters, int count, int taps, nint offset, nint step, nint filterStep, int channels, T* target, nint targetStep, bool streams)
        {
            T* ahead = count == 0 ? target : sources[count - 1] + offset + 8 * step;
            int threes = taps / 3, ones = taps - 3 * threes;
            int c = 0;
            for (; c + 2 * TUnit.Count <= channels; c += 2 * TUnit.Count)
            {
                FetchFour(ahead + c, step);
                TVector s0 = TUnit.Zero, s1 = TUnit.Zero, s2 = TUnit.Zero, s3 = TUnit.Zero, t0 = TUnit.Zero, t1 = TUnit.Zero, t2 = TUnit.Zero, t3 = TUnit.Zero;
                nint at = offset + c;
                for (int i = 0; i < count; i++)
                {
                    T* from = sources[i] + at, filter = filters[i] + c;
                    for (int three = 0; three < threes; three++)
                    {
                        T* middle = from + step, last = middle + step;
                        TVector w0 = TUnit.Load(filter), w1 = TUnit.Load(filter + filterStep), w2 = TUnit.Load(filter + 2 * filterStep);
                        s0 = TUnit.MultiplyAdd(TUnit.Load(from), w0, s0);
                        TVector x = TUnit.Load(middle);
                        s0 = TUnit.MultiplyAdd(x, w1, s0);
                        s1 = TUnit.MultiplyAdd(x, w0, s1);
                        x = TUnit.Load(last);
                        s0 = TUnit.MultiplyAdd(x, w2, s0);
                        s1 = TUnit.MultiplyAdd(x, w1, s1);
                        s2 = TUnit.MultiplyAdd(x, w0, s2);
                        x = TUnit.Load(last + step);
                        s1 = TUnit.MultiplyAdd(x, w2, s1);
                        s2 = TUnit.MultiplyAdd(x, w1, s2);
                        s3 = TUnit.MultiplyAdd(x, w0, s3);
                        x = TUnit.Load(last + 2 * step);
                        s2 = TUnit.MultiplyAdd(x, w2, s2);
                        s3 = TUnit.MultiplyAdd(x, w1, s3);
                        s3 = TUnit.MultiplyAdd(TUnit.Load(middle + 4 * step), w2, s3);

                        from += TUnit.Count;
                        middle += TUnit.Count;
                        last += TUnit.Count;
                        filter += TUnit.Count;
                        w0 = TUnit.Load(filter);
                        w1 = TUnit.Load(filter + filterStep);
                        w2 = TUnit.Load(filter + 2 * filterStep);
                        t0 = TUnit.MultiplyAdd(TUnit.Load(from), w0, t0);
                        x = TUnit.Load(middle);
                        t0 = TUnit.MultiplyAdd(x, w1, t0);
                        t1 = TUnit.MultiplyAdd(x, w0, t1);
                        x = TUnit.Load(last);
                        t0 = TUnit.MultiplyAdd(x, w2, t0);
                        t1 = TUnit.MultiplyAdd(x, w1, t1);
                        t2 = TUnit.MultiplyAdd(x, w0, t2);
                        x = TUnit.Load(last + step);
                        t1 = TUnit.MultiplyAdd(x, w2, t1);
                        t2 = TUnit.MultiplyAdd(x, w1, t2);
                        t3 = TUnit.MultiplyAdd(x, w0, t3);
                        x = TUnit.Load(last + 2 * step);
                        t2 = TUnit.MultiplyAdd(x, w2, t2);
                        t3 = TUnit.MultiplyAdd(x, w1, t3);
                        t3 = TUnit.MultiplyAdd(TUnit.Load(middle + 4 * step), w2, t3);
                        from = middle + 2 * step - TUnit.Count;
                        filter += 3 * filterStep - TUnit.Count;
                    }

                    for (int one = 0; one < ones; one++)
                    {
                        TVector weight = TUnit.Load(filter), other = TUnit.Load(filter + TUnit.Count);
                        T* middle = from + step, last = middle + step, end = last + step;
                        s0 = TUnit.MultiplyAdd(TUnit.Load(from), weight, s0);
                        t0 = TUnit.MultiplyAdd(TUnit.Load(from + TUnit.Count), other, t0);
                        s1 = TUnit.MultiplyAdd(TUnit.Load(middle), weight, s1);
                        t1 = TUnit.MultiplyAdd(TUnit.Load(middle + TUnit.Count), other, t1);
                        s2 = TUnit.MultiplyAdd(TUnit.Load(last), weight, s2);
                        t2 = TUnit.MultiplyAdd(TUnit.Load(last + TUnit.Count), other, t2);
                        s3 = TUnit.MultiplyAdd(TUnit.Load(end), weight, s3);
                        t3 = TUnit.MultiplyAdd(TUnit.Load(end + TUnit.Count), other, t3);
                        from = middle;
                        filter += filterStep;
                    }
                }

                StoreFour(target + c, targetStep, s0, s1, s2, s3, t0, t1, t2, t3, streams);
            }

            if (c == channels)
                return;
            T** tapSources = stackalloc T*[count * taps];
            T** tapFilters = stackalloc T*[count * taps];
            for (int i = 0; i < count * taps; i++)
            {
                int line = i / taps, tap = i - line * taps;
                tapSources[i] = sources[line] + tap * step;
                tapFilters[i] = filters[line] + tap * filterStep;
            }

            Four(tapSources, tapFilters, count * taps, offset, step, c, channels, target, targetStep, false);
        }

        /// <summary>One position at the border, whose taps from one number to another lie in the picture.</summary>
        readonly void Border(T** sources, T** filters, int count, int x, T* target)
        {
            PatchAxis width = Grid.Axes[2];
            int first = 0, end = width.Taps, channels = Geometry.InputChannels;
            while (first < end && x + first * width.TapStep < 0)
                first++;
            while (end > first && x + (end - 1) * width.TapStep >= width.Extent)
                end--;
            nint tapStep = (nint)width.TapStep * channels, filterStep = (nint)width.FilterStep * channels;
            One(sources, filters, count, end - first, (nint)x * channels + first * tapStep, first * filterStep, tapStep, filterStep, channels, target);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void One(T** sources, T** filters, int count, int taps, nint offset, nint filterOffset, nint tapStep, nint filterStep, int channels, T* target)
        {
            int c = 0;
            for (; c + 4 * TUnit.Count <= channels; c += 4 * TUnit.Count)
            {
                TVector s0 = TUnit.Zero, s1 = TUnit.Zero, s2 = TUnit.Zero, s3 = TUnit.Zero;
                for (int i = 0; i < count; i++)
                {
                    T* from = sources[i] + offset + c, filter = filters[i] + filterOffset + c;
                    for (int tap = 0; tap < taps; tap++, from += tapStep, filter += filterStep)
                    {
                        s0 = TUnit.MultiplyAdd(TUnit.Load(from), TUnit.Load(filter), s0);
                        s1 = TUnit.MultiplyAdd(TUnit.Load(from + TUnit.Count), TUnit.Load(filter + TUnit.Count), s1);
                        s2 = TUnit.MultiplyAdd(TUnit.Load(from + 2 * TUnit.Count), TUnit.Load(filter + 2 * TUnit.Count), s2);
                        s3 = TUnit.MultiplyAdd(TUnit.Load(from + 3 * TUnit.Count), TUnit.Load(filter + 3 * TUnit.Count), s3);
                    }
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
                {
                    T* from = sources[i] + offset + c, filter = filters[i] + filterOffset + c;
                    for (int tap = 0; tap < taps; tap++, from += tapStep, filter += filterStep)
                        sum = TUnit.MultiplyAdd(TUnit.LoadPartial(from, rest), TUnit.LoadPartial(filter, rest), sum);
                }

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
            nint lineStep = (nint)height.TapStep * width.Extent * channels;
            if (width.Step != width.TapStep || channels < TUnit.Count)
            {
                // Loops that jump ask for the lines of the next round in order. Elsewhere the loop over nine taps asks for them on its way.
                Fetch(gradient + (nint)width.Rows * channels, width.Rows * channels);
                T* next = Source.Line(position.Image, position.D * depth.Step + depth.Origin, (position.H + 1) * height.Step + height.Origin + (height.Taps - 1) * height.TapStep);
                if (next != null)
                    Fetch(next, width.Extent * channels);
            }

            for (int d = 0; d < depth.Taps; d++)
            {
                int inDepth = position.D * depth.Step + depth.Origin + d * depth.TapStep, inHeight = position.H * height.Step + height.Origin;
                for (int h = 0; h < height.Taps;)
                {
                    T* from = Source.Line(position.Image, inDepth, inHeight + h * height.TapStep);
                    int lines = from != null && h + 3 <= height.Taps && Source.Line(position.Image, inDepth, inHeight + (h + 2) * height.TapStep) != null ? 3 : 1;
                    if (from != null)
                        Taps(from, lines, lineStep, gradient, sums + (nint)(d * height.Taps + h) * width.Taps * channels);
                    h += lines;
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

        /// <summary>All taps of one line of the picture, or of three.</summary>
        readonly void Taps(T* from, int lines, nint lineStep, T* gradient, T* sums)
        {
            PatchAxis width = Grid.Axes[2];
            int channels = Source.Channels;
            nint step = (nint)width.Step * channels, tapStep = (nint)width.TapStep * channels, sumStep = (nint)width.Taps * channels, nextSource = (nint)Grid.Axes[1].Step * width.Extent * channels;
            T* start = from + (nint)width.Origin * channels;
            int w = 0;
            for (; w + 3 <= width.Taps; w += 3)
            {
                // From first to end all three taps lie in the picture.
                int first = 0, end = width.Rows;
                for (int t = w; t < w + 3; t++)
                {
                    Range(t, out int low, out int high);
                    first = Math.Max(first, low);
                    end = Math.Min(end, high);
                }

                end = Math.Max(end, first);
                Edges(w, w + 3, first, end, start, lines, lineStep, gradient, sums);
                if (first == end)
                    continue;
                T* source = start + w * tapStep + first * step, by = gradient + (nint)first * channels, to = sums + (nint)w * channels;
                if (lines == 1)
                {
                    Three(source, step, tapStep, by, end - first, channels, 0, to);
                    continue;
                }

                // What all channels of some positions read stays in the first cache.
                int block = Math.Max(16, BlockBytes / (channels * sizeof(T)));
                for (int at = first; at < end; at += block, source += block * step, by += (nint)block * channels)
                    Nine(source, step, tapStep, lineStep, nextSource, by, Math.Min(block, end - at), width.Rows * channels, channels, to, sumStep);
            }

            Edges(w, width.Taps, width.Rows, width.Rows, start, lines, lineStep, gradient, sums);
        }

        /// <summary>Adds the products of taps at the positions before <paramref name="first"/> and from <paramref name="end"/> on, tap by tap.</summary>
        readonly void Edges(int firstTap, int endTap, int first, int end, T* start, int lines, nint lineStep, T* gradient, T* sums)
        {
            PatchAxis width = Grid.Axes[2];
            int channels = Source.Channels;
            nint step = (nint)width.Step * channels;
            for (int t = firstTap; t < endTap; t++)
            {
                Range(t, out int low, out int high);
                int before = Math.Min(high, first), after = Math.Max(low, end);
                T* from = start + (nint)t * width.TapStep * channels, to = sums + (nint)t * channels;
                for (int line = 0; line < lines; line++, from += lineStep, to += (nint)width.Taps * channels)
                {
                    if (low < before)
                        Tap(from + low * step, step, gradient + (nint)low * channels, before - low, channels, to);
                    if (after < high)
                        Tap(from + after * step, step, gradient + (nint)after * channels, high - after, channels, to);
                }
            }
        }

        /// <summary>The positions of a line whose tap <paramref name="w"/> lies in the picture.</summary>
        readonly void Range(int w, out int low, out int high)
        {
            PatchAxis width = Grid.Axes[2];
            int x = width.Origin + w * width.TapStep;
            low = x >= 0 ? 0 : (-x + width.Step - 1) / width.Step;
            high = x >= width.Extent ? 0 : Math.Min(width.Rows, (width.Extent - x + width.Step - 1) / width.Step);
        }

        /// <summary>
        /// Three neighbouring taps of each of three lines: the upstream gradient is loaded once for all, and the sums stay in registers along the line.
        /// Where taps step as positions do, four positions share the source values that they meet.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void Nine(T* source, nint step, nint tapStep, nint lineStep, nint nextSource, T* gradient, int count, nint nextGradient, int channels, T* sums, nint sumStep)
        {
            nint second = 2 * tapStep;
            int c = 0, fours = step == tapStep ? count / 4 : 0, ones = count - 4 * fours;
            nint fourSources = 4 * step, fourGradients = 4 * (nint)channels;
            for (; c + TUnit.Count <= channels; c += TUnit.Count)
            {
                T* from = source + c, middle = from + lineStep, last = middle + lineStep, by = gradient + c;

                // What the next line reads first: every vector of channels asks for its share, in the order of memory.
                nint share = (nint)c * 4 * fours;
                T* byAhead = gradient + nextGradient + share, fromAhead = source + 2 * lineStep + nextSource + share;
                TVector s0 = TUnit.Zero, s1 = TUnit.Zero, s2 = TUnit.Zero, m0 = TUnit.Zero, m1 = TUnit.Zero, m2 = TUnit.Zero, l0 = TUnit.Zero, l1 = TUnit.Zero, l2 = TUnit.Zero;
                for (int i = 0; i < fours; i++)
                {
                    if (Sse.IsSupported)
                    {
                        Sse.Prefetch1(byAhead);
                        Sse.Prefetch1(fromAhead);
                        if (TUnit.Count * sizeof(T) >= 32)
                        {
                            Sse.Prefetch1(byAhead + 2 * TUnit.Count);
                            Sse.Prefetch1(fromAhead + 2 * TUnit.Count);
                        }

                        if (TUnit.Count * sizeof(T) >= 64)
                        {
                            Sse.Prefetch1(byAhead + TUnit.Count);
                            Sse.Prefetch1(fromAhead + TUnit.Count);
                            Sse.Prefetch1(byAhead + 3 * TUnit.Count);
                            Sse.Prefetch1(fromAhead + 3 * TUnit.Count);
                        }

                        byAhead += 4 * TUnit.Count;
                        fromAhead += 4 * TUnit.Count;
                    }

                    TVector g0 = TUnit.Load(by), g1 = TUnit.Load(by + channels), g2 = TUnit.Load(by + 2 * channels), g3 = TUnit.Load(by + 3 * channels);
                    by += fourGradients;
                    Slide(from, step, second, g0, g1, g2, g3, ref s0, ref s1, ref s2);
                    from += fourSources;
                    Slide(middle, step, second, g0, g1, g2, g3, ref m0, ref m1, ref m2);
                    middle += fourSources;
                    Slide(last, step, second, g0, g1, g2, g3, ref l0, ref l1, ref l2);
                    last += fourSources;
                }

                for (int q = 0; q < ones; q++)
                {
                    TVector g = TUnit.Load(by);
                    s0 = TUnit.MultiplyAdd(TUnit.Load(from), g, s0);
                    s1 = TUnit.MultiplyAdd(TUnit.Load(from + tapStep), g, s1);
                    s2 = TUnit.MultiplyAdd(TUnit.Load(from + second), g, s2);
                    m0 = TUnit.MultiplyAdd(TUnit.Load(middle), g, m0);
                    m1 = TUnit.MultiplyAdd(TUnit.Load(middle + tapStep), g, m1);
                    m2 = TUnit.MultiplyAdd(TUnit.Load(middle + second), g, m2);
                    l0 = TUnit.MultiplyAdd(TUnit.Load(last), g, l0);
                    l1 = TUnit.MultiplyAdd(TUnit.Load(last + tapStep), g, l1);
                    l2 = TUnit.MultiplyAdd(TUnit.Load(last + second), g, l2);
                    from += step;
                    middle += step;
                    last += step;
                    by += channels;
                }

                T* to = sums + c;
                Add(to, s0);
                Add(to + channels, s1);
                Add(to + 2 * channels, s2);
                to += sumStep;
                Add(to, m0);
                Add(to + channels, m1);
                Add(to + 2 * channels, m2);
                to += sumStep;
                Add(to, l0);
                Add(to + channels, l1);
                Add(to + 2 * channels, l2);
            }

            if (c == channels)
                return;
            for (int line = 0; line < 3; line++)
                Three(source + line * lineStep, step, tapStep, gradient, count, channels, c, sums + line * sumStep);
        }

        /// <summary>Adds the products of four upstream gradients and the six source values that three taps make them meet.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Slide(T* from, nint step, nint second, TVector g0, TVector g1, TVector g2, TVector g3, ref TVector s0, ref TVector s1, ref TVector s2)
        {
            s0 = TUnit.MultiplyAdd(TUnit.Load(from), g0, s0);
            TVector x = TUnit.Load(from + step);
            s0 = TUnit.MultiplyAdd(x, g1, s0);
            s1 = TUnit.MultiplyAdd(x, g0, s1);
            from += second;
            x = TUnit.Load(from);
            s0 = TUnit.MultiplyAdd(x, g2, s0);
            s1 = TUnit.MultiplyAdd(x, g1, s1);
            s2 = TUnit.MultiplyAdd(x, g0, s2);
            x = TUnit.Load(from + step);
            s0 = TUnit.MultiplyAdd(x, g3, s0);
            s1 = TUnit.MultiplyAdd(x, g2, s1);
            s2 = TUnit.MultiplyAdd(x, g1, s2);
            from += second;
            x = TUnit.Load(from);
            s1 = TUnit.MultiplyAdd(x, g3, s1);
            s2 = TUnit.MultiplyAdd(x, g2, s2);
            s2 = TUnit.MultiplyAdd(TUnit.Load(from + step), g3, s2);
        }

        /// <summary>Three neighbouring taps of one line, from one channel on.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void Three(T* source, nint step, nint tapStep, T* gradient, int count, int channels, int firstChannel, T* sums)
        {
            for (int c = firstChannel; c < channels; c += TUnit.Count)
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
        static void Add(T* sum, TVector value) => TUnit.Store(sum, TUnit.Add(TUnit.Load(sum), value));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Add(T* sum, TVector value, int count)
        {
            // What was stored under a mask reaches the next load late.
            if (count == TUnit.Count)
                Add(sum, value);
            else
                TUnit.StorePartial(sum, TUnit.Add(TUnit.LoadPartial(sum, count), value), count);
        }

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
