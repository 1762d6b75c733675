using System.Numerics;
using System.Runtime.CompilerServices;
using Tapestry.Kernels.Gemm;
using Tapestry.Kernels.Threading;

namespace Tapestry.Kernels.Pooling;

/// <summary>
/// Gradients of pooling with vectors running over channels. Windows that lie side by side write all that they cover, line by line of the output; the result may lie over the input there. Where windows overlap,
/// a work item owns all positions of some channels of one picture, clears each line before the first window reaches it, and adds in the order of the output.
/// </summary>
/// <remarks>Every element is summed in the order of the output, so the cut into work items does not change a bit and may depend on the number of threads.</remarks>
static unsafe class PoolingGradientKernel<T, TVector, TUnit>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TUnit : struct, IVectorUnit<T, TVector>
{
    // A cut through the channels divides the pixels of a line, so it is made only where there are too few pictures.
    const int LeastVectors = 4;

    internal static void Run(PoolKind kind, in PoolGeometry geometry, T* input, T* gradOutput, T* result, bool ofPositive)
    {
        bool forks = PoolingKernel<T, TVector, TUnit>.Work(geometry) >= PoolingKernel<T, TVector, TUnit>.ForkWork;
        bool isMax = kind != PoolKind.AverageBackward, allMaxima = kind == PoolKind.MaxBackwardToAll;
        if (geometry.OutputLength == 0)
        {
            new Span<T>(result, (int)geometry.InputLength).Clear();
            return;
        }

        if (isMax && geometry.IsSideBySide)
        {
            int lines = geometry.Batch * geometry.Output[0] * geometry.Output[1];
            var separate = new SeparateWindows { Geometry = geometry, AllMaxima = allMaxima, OfPositive = ofPositive, Lines = lines, Group = PoolingKernel<T, TVector, TUnit>.LinesTogether(geometry, lines), Input = input, GradOutput = gradOutput, GradInput = result };
            WorkerPool.Run((lines + separate.Group - 1) / separate.Group, ref separate, forks);
            return;
        }

        int threads = WorkerPool.ThreadCount, vectors = (geometry.Channels + TUnit.Count - 1) / TUnit.Count;
        int groups = geometry.Batch >= 2 * threads ? 1 : Math.Clamp(vectors / LeastVectors, 1, 2 * threads);
        var body = new OverlappingWindows
        {
            Geometry = geometry, IsMax = isMax, AllMaxima = allMaxima, OfPositive = ofPositive, ChannelGroups = groups, GroupChannels = (vectors + groups - 1) / groups * TUnit.Count, Input = input, GradOutput = gradOutput, GradInput = result,
        };
        WorkerPool.Run(geometry.Batch * groups, ref body, forks);
    }

    /// <summary>Sends the gradient of one window to its maximum or maxima, or only to positive ones: adds it there, or writes the whole window.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Max(T* input, in PoolWindow window, nint* taps, int channels, T* gradOutput, T* gradInput, bool allMaxima, bool ofPositive, bool adds)
    {
        int c = 0;
        if (window.Count == 4 && !adds && !allMaxima)
        {
            // The common window of 2 × 2: every tap is read once.
            nint tap1 = taps[1], tap2 = taps[2], tap3 = taps[3];
            for (; c + TUnit.Count <= channels; c += TUnit.Count)
            {
                T* from = input + c, to = gradInput + c;
                TVector x0 = TUnit.Load(from), x1 = TUnit.Load(from + tap1), x2 = TUnit.Load(from + tap2), x3 = TUnit.Load(from + tap3);
                TVector best = TUnit.Broadcast(T.NegativeInfinity), unordered = TUnit.Zero, gradient = TUnit.Load(gradOutput + c);
                TUnit.Rise(ref best, ref unordered, x0);
                TUnit.Rise(ref best, ref unordered, x1);
                TUnit.Rise(ref best, ref unordered, x2);
                TUnit.Rise(ref best, ref unordered, x3);
                best = TUnit.Risen(best, unordered);
                if (ofPositive)
                    gradient = TUnit.WherePositive(best, gradient);
                TUnit.Store(to, TUnit.Take(x0, best, ref gradient));
                TUnit.Store(to + tap1, TUnit.Take(x1, best, ref gradient));
                TUnit.Store(to + tap2, TUnit.Take(x2, best, ref gradient));
                TUnit.Store(to + tap3, TUnit.Take(x3, best, ref gradient));
            }
        }

        if (c < channels)
            MaxOfAny(input, window, taps, c, channels, gradOutput, gradInput, allMaxima, ofPositive, adds);
    }

    // Any window, and the rest of the channels: apart, so that the common window need not wait for it to be compiled.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    static void MaxOfAny(T* input, in PoolWindow window, nint* taps, int c, int channels, T* gradOutput, T* gradInput, bool allMaxima, bool ofPositive, bool adds)
    {
        int count = window.Count;
        for (; c < channels; c += TUnit.Count)
        {
            int rest = channels - c;
            TVector best = PoolingKernel<T, TVector, TUnit>.Best(input + c, window, taps, count, rest), gradient = Load(gradOutput + c, rest);
            if (ofPositive)
                gradient = TUnit.WherePositive(best, gradient);
            if (count <= PoolWindow.MostTaps)
            {
                for (int tap = 0; tap < count; tap++)
                    Give(input + taps[tap] + c, gradInput + taps[tap] + c, best, ref gradient, rest, allMaxima, adds);
                continue;
            }

            for (int d = 0; d < window.Depths; d++)
            {
                for (int h = 0; h < window.Heights; h++)
                {
                    nint offset = d * window.DepthStep + h * window.HeightStep + c;
                    for (int w = 0; w < window.Widths; w++, offset += window.WidthStep)
                        Give(input + offset, gradInput + offset, best, ref gradient, rest, allMaxima, adds);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Give(T* input, T* gradInput, TVector best, ref TVector gradient, int rest, bool allMaxima, bool adds)
    {
        TVector remaining = gradient;
        TVector taken = TUnit.Take(Load(input, rest), best, ref remaining);
        if (!allMaxima)
            gradient = remaining;
        PoolingKernel<T, TVector, TUnit>.Store(gradInput, adds ? TUnit.Add(Load(gradInput, rest), taken) : taken, rest);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Average(in PoolWindow window, int channels, T* gradOutput, T* gradInput)
    {
        TVector count = TUnit.Broadcast(T.CreateTruncating(window.Count));
        for (int c = 0; c < channels; c += TUnit.Count)
        {
            int rest = channels - c;
            TVector share = TUnit.Divide(Load(gradOutput + c, rest), count);
            for (int d = 0; d < window.Depths; d++)
            {
                for (int h = 0; h < window.Heights; h++)
                {
                    T* to = gradInput + d * window.DepthStep + h * window.HeightStep + c;
                    for (int w = 0; w < window.Widths; w++, to += window.WidthStep)
                        PoolingKernel<T, TVector, TUnit>.Store(to, TUnit.Add(Load(to, rest), share), rest);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector Load(T* source, int count) => PoolingKernel<T, TVector, TUnit>.Load(source, count);

    /// <summary>A few lines of the output per index, whose windows share nothing.</summary>
    [SkipLocalsInit]
    struct SeparateWindows : IParallelBody
    {
        internal PoolGeometry Geometry;
        internal bool AllMaxima, OfPositive;
        internal int Lines, Group;
        internal T* Input;
        internal T* GradOutput;
        internal T* GradInput;

        public readonly void Invoke(int index)
        {
            int end = Math.Min(Lines, (index + 1) * Group);
            nint* taps = stackalloc nint[PoolWindow.MostTaps];
            for (int line = index * Group; line < end; line++)
            {
                int h = line % Geometry.Output[1], rest = line / Geometry.Output[1], d = rest % Geometry.Output[0], image = rest / Geometry.Output[0];
                T* gradOutput = GradOutput + (nint)line * Geometry.Output[2] * Geometry.Channels;
                if (d == 0 && h == 0 && !Geometry.IsCovered)
                    ClearUncovered(image);
                var window = new PoolWindow(Geometry, image, d, h);
                for (int w = 0; w < Geometry.Output[2]; w++, gradOutput += Geometry.Channels)
                {
                    window.MoveTo(Geometry, w, taps);
                    Max(Input + window.Offset, window, taps, Geometry.Channels, gradOutput, GradInput + window.Offset, AllMaxima, OfPositive, adds: false);
                }
            }
        }

        /// <summary>Clears what no window of a picture covers.</summary>
        readonly void ClearUncovered(int image)
        {
            T* line = GradInput + (nint)image * Geometry.Input[0] * Geometry.Input[1] * Geometry.Input[2] * Geometry.Channels;
            for (int d = 0; d < Geometry.Input[0]; d++)
            {
                for (int h = 0; h < Geometry.Input[1]; h++, line += (nint)Geometry.Input[2] * Geometry.Channels)
                {
                    int first = d < Geometry.CoveredEnd(0) && h < Geometry.CoveredEnd(1) ? Geometry.CoveredEnd(2) : 0;
                    new Span<T>(line + (nint)first * Geometry.Channels, (Geometry.Input[2] - first) * Geometry.Channels).Clear();
                }
            }
        }
    }

    /// <summary>One group of channels of one picture per index.</summary>
    [SkipLocalsInit]
    struct OverlappingWindows : IParallelBody
    {
        internal PoolGeometry Geometry;
        internal bool IsMax, AllMaxima, OfPositive;
        internal int ChannelGroups, GroupChannels;
        internal T* Input;
        internal T* GradOutput;
        internal T* GradInput;

        public readonly void Invoke(int index)
        {
            int image = index / ChannelGroups, channel = index % ChannelGroups * GroupChannels;
            int channels = Math.Min(GroupChannels, Geometry.Channels - channel);
            if (channels <= 0)
                return;
            nint* taps = stackalloc nint[PoolWindow.MostTaps];
            T* gradOutput = GradOutput + (nint)image * Geometry.Output[0] * Geometry.Output[1] * Geometry.Output[2] * Geometry.Channels + channel;
            // The lines of several planes are reached out of order.
            bool byLine = Geometry.Input[0] == 1;
            int cleared = byLine ? 0 : Clear(image, channel, channels, 0, Geometry.Input[0] * Geometry.Input[1]);
            for (int d = 0; d < Geometry.Output[0]; d++)
            {
                for (int h = 0; h < Geometry.Output[1]; h++)
                {
                    if (byLine)
                        cleared = Clear(image, channel, channels, cleared, Geometry.ReachedEnd(1, h));
                    var window = new PoolWindow(Geometry, image, d, h);
                    for (int w = 0; w < Geometry.Output[2]; w++, gradOutput += Geometry.Channels)
                    {
                        window.MoveTo(Geometry, w, taps);
                        if (IsMax)
                            Max(Input + window.Offset + channel, window, taps, channels, gradOutput, GradInput + window.Offset + channel, AllMaxima, OfPositive, adds: true);
                        else
                            Average(window, channels, gradOutput, GradInput + window.Offset + channel);
                    }
                }
            }

            Clear(image, channel, channels, cleared, Geometry.Input[0] * Geometry.Input[1]);
        }

        /// <summary>Clears lines of a picture, and returns which is the next.</summary>
        readonly int Clear(int image, int channel, int channels, int line, int end)
        {
            T* pixel = GradInput + ((nint)image * Geometry.Input[0] * Geometry.Input[1] + line) * Geometry.Input[2] * Geometry.Channels + channel;
            for (; line < end; line++)
            {
                if (channels == Geometry.Channels)
                {
                    new Span<T>(pixel, Geometry.Input[2] * channels).Clear();
                    pixel += (nint)Geometry.Input[2] * channels;
                    continue;
                }

                for (int w = 0; w < Geometry.Input[2]; w++, pixel += Geometry.Channels)
                    new Span<T>(pixel, channels).Clear();
            }

            return line;
        }
    }
}
