using System.Numerics;
using System.Runtime.CompilerServices;
using Tapestry.Kernels.Gemm;
using Tapestry.Kernels.Threading;

namespace Tapestry.Kernels.Pooling;

/// <summary>
/// Pooling with vectors running over channels. Forward, the lines of the output are independent; backward, windows overlap, so one work item owns all positions
/// of some channels of one picture and adds in the order of the output.
/// </summary>
static unsafe class PoolingKernel<T, TVector, TUnit>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TUnit : struct, IVectorUnit<T, TVector>
{
    const double ForkWork = 1e5;
    const int MostTaps = 16;

    static int ChannelGroup => 4 * TUnit.Count;

    internal static void Run(PoolKind kind, in PoolGeometry geometry, T* input, T* gradOutput, T* result)
    {
        double work = (double)geometry.OutputLength * geometry.Window[0] * geometry.Window[1] * geometry.Window[2];
        if (kind is PoolKind.MaxForward or PoolKind.AverageForward)
        {
            int lines = geometry.Batch * geometry.Output[0] * geometry.Output[1];
            int group = lines == 0 ? 1 : (int)Math.Clamp(3e4 * lines / Math.Max(1, work), 1, lines);
            var body = new ForwardBody { Geometry = geometry, IsMax = kind == PoolKind.MaxForward, Lines = lines, Group = group, Input = input, Output = result };
            WorkerPool.Run((lines + group - 1) / group, ref body, forks: work >= ForkWork);
        }
        else
        {
            int channelGroups = (geometry.Channels + ChannelGroup - 1) / ChannelGroup;
            var body = new BackwardBody { Geometry = geometry, IsMax = kind != PoolKind.AverageBackward, AllMaxima = kind == PoolKind.MaxBackwardToAll, ChannelGroups = channelGroups, Input = input, GradOutput = gradOutput, GradInput = result };
            WorkerPool.Run(geometry.Batch * channelGroups, ref body, forks: work >= ForkWork);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector Load(T* source, int count) => count >= TUnit.Count ? TUnit.Load(source) : TUnit.LoadPartial(source, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(T* destination, TVector value, int count)
    {
        if (count >= TUnit.Count)
            TUnit.Store(destination, value);
        else
            TUnit.StorePartial(destination, value, count);
    }

    /// <summary>The valid taps of the output positions of one line, one after the other: boxes in the input.</summary>
    ref struct Box
    {
        readonly nint lineOffset;

        /// <summary>Taps inside the input, per dimension.</summary>
        internal int Depths, Heights, Widths;

        /// <summary>Elements between neighbouring taps.</summary>
        internal nint DepthStep, HeightStep, WidthStep;

        /// <summary>Offset of the first valid tap.</summary>
        internal nint Offset;

        int listed;

        internal Box(in PoolGeometry geometry, int image, int d, int h)
        {
            geometry.ValidTaps(0, d, out int startD, out int firstD, out int endD);
            geometry.ValidTaps(1, h, out int startH, out int firstH, out int endH);
            Depths = endD - firstD;
            Heights = endH - firstH;
            nint pixel = geometry.Channels, line = pixel * geometry.Input[2], plane = line * geometry.Input[1];
            DepthStep = plane * geometry.Dilations[0];
            HeightStep = line * geometry.Dilations[1];
            WidthStep = pixel * geometry.Dilations[2];
            lineOffset = plane * geometry.Input[0] * image + plane * startD + line * startH + firstD * DepthStep + firstH * HeightStep;
            listed = -1;
        }

        internal readonly int Count => Depths * Heights * Widths;

        /// <summary>Goes to a position of the line; where taps are few, lists the offset of each from the first one.</summary>
        internal void MoveTo(in PoolGeometry geometry, int w, nint* taps)
        {
            geometry.ValidTaps(2, w, out int startW, out int firstW, out int endW);
            Widths = endW - firstW;
            Offset = lineOffset + (nint)startW * geometry.Channels + firstW * WidthStep;
            if (Widths == listed || Count > MostTaps)
                return;
            listed = Widths;
            for (int d = 0; d < Depths; d++)
            {
                for (int h = 0; h < Heights; h++)
                {
                    for (int i = 0; i < Widths; i++)
                        *taps++ = d * DepthStep + h * HeightStep + i * WidthStep;
                }
            }
        }
    }

    /// <summary>The largest of the taps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector Best(T* input, in Box box, nint* taps, int count, int rest)
    {
        TVector best = TUnit.Broadcast(T.NegativeInfinity), unordered = TUnit.Zero;
        if (count <= MostTaps)
        {
            for (int tap = 0; tap < count; tap++)
                TUnit.Rise(ref best, ref unordered, Load(input + taps[tap], rest));
            return TUnit.Risen(best, unordered);
        }

        for (int d = 0; d < box.Depths; d++)
        {
            for (int h = 0; h < box.Heights; h++)
            {
                T* from = input + d * box.DepthStep + h * box.HeightStep;
                for (int w = 0; w < box.Widths; w++, from += box.WidthStep)
                    TUnit.Rise(ref best, ref unordered, Load(from, rest));
            }
        }

        return TUnit.Risen(best, unordered);
    }

    /// <summary>A few lines of the output per index.</summary>
    [SkipLocalsInit]
    struct ForwardBody : IParallelBody
    {
        internal PoolGeometry Geometry;
        internal bool IsMax;
        internal int Lines, Group;
        internal T* Input;
        internal T* Output;

        public readonly void Invoke(int index)
        {
            int end = Math.Min(Lines, (index + 1) * Group);
            nint* taps = stackalloc nint[MostTaps];
            for (int line = index * Group; line < end; line++)
            {
                int h = line % Geometry.Output[1], rest = line / Geometry.Output[1], d = rest % Geometry.Output[0], image = rest / Geometry.Output[0];
                T* output = Output + (nint)line * Geometry.Output[2] * Geometry.Channels;
                var box = new Box(Geometry, image, d, h);
                for (int w = 0; w < Geometry.Output[2]; w++, output += Geometry.Channels)
                {
                    box.MoveTo(Geometry, w, taps);
                    if (IsMax)
                        Max(Input + box.Offset, box, taps, Geometry.Channels, output);
                    else
                        Average(Input + box.Offset, box, Geometry.Channels, output);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void Max(T* input, in Box box, nint* taps, int channels, T* output)
        {
            int count = box.Count;
            for (int c = 0; c < channels; c += TUnit.Count)
                Store(output + c, Best(input + c, box, taps, count, channels - c), channels - c);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void Average(T* input, in Box box, int channels, T* output)
        {
            TVector count = TUnit.Broadcast(T.CreateTruncating(box.Count));
            for (int c = 0; c < channels; c += TUnit.Count)
            {
                TVector sum = TUnit.Zero;
                for (int d = 0; d < box.Depths; d++)
                {
                    for (int h = 0; h < box.Heights; h++)
                    {
                        T* from = input + d * box.DepthStep + h * box.HeightStep + c;
                        for (int w = 0; w < box.Widths; w++, from += box.WidthStep)
                            sum = TUnit.Add(sum, Load(from, channels - c));
                    }
                }

                Store(output + c, TUnit.Divide(sum, count), channels - c);
            }
        }
    }

    /// <summary>One group of channels of one picture per index.</summary>
    [SkipLocalsInit]
    struct BackwardBody : IParallelBody
    {
        internal PoolGeometry Geometry;
        internal bool IsMax, AllMaxima;
        internal int ChannelGroups;
        internal T* Input;
        internal T* GradOutput;
        internal T* GradInput;

        public readonly void Invoke(int index)
        {
            int image = index / ChannelGroups, channel = index % ChannelGroups * ChannelGroup;
            int channels = Math.Min(ChannelGroup, Geometry.Channels - channel);
            // Where windows lie side by side, they write all that they cover.
            bool adds = !IsMax || !Geometry.IsSideBySide;
            Clear(GradInput + (nint)image * Geometry.Input[0] * Geometry.Input[1] * Geometry.Input[2] * Geometry.Channels + channel, channels, behindWindows: !adds);
            nint* taps = stackalloc nint[MostTaps];
            T* gradOutput = GradOutput + (nint)image * Geometry.Output[0] * Geometry.Output[1] * Geometry.Output[2] * Geometry.Channels + channel;
            for (int d = 0; d < Geometry.Output[0]; d++)
            {
                for (int h = 0; h < Geometry.Output[1]; h++)
                {
                    var box = new Box(Geometry, image, d, h);
                    for (int w = 0; w < Geometry.Output[2]; w++, gradOutput += Geometry.Channels)
                    {
                        box.MoveTo(Geometry, w, taps);
                        if (IsMax)
                            Max(Input + box.Offset + channel, box, taps, channels, gradOutput, GradInput + box.Offset + channel, AllMaxima, adds);
                        else
                            Average(box, channels, gradOutput, GradInput + box.Offset + channel);
                    }
                }
            }
        }

        readonly void Clear(T* picture, int channels, bool behindWindows)
        {
            for (int d = 0; d < Geometry.Input[0]; d++)
            {
                for (int h = 0; h < Geometry.Input[1]; h++)
                {
                    int w = behindWindows && d < Geometry.CoveredEnd(0) && h < Geometry.CoveredEnd(1) ? Geometry.CoveredEnd(2) : 0;
                    T* pixel = picture + (((nint)d * Geometry.Input[1] + h) * Geometry.Input[2] + w) * Geometry.Channels;
                    for (; w < Geometry.Input[2]; w++, pixel += Geometry.Channels)
                        new Span<T>(pixel, channels).Clear();
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void Max(T* input, in Box box, nint* taps, int channels, T* gradOutput, T* gradInput, bool allMaxima, bool adds)
        {
            int count = box.Count;
            for (int c = 0; c < channels; c += TUnit.Count)
            {
                int rest = channels - c;
                TVector best = Best(input + c, box, taps, count, rest), gradient = Load(gradOutput + c, rest);
                if (count <= MostTaps)
                {
                    for (int tap = 0; tap < count; tap++)
                        Give(input + taps[tap] + c, gradInput + taps[tap] + c, best, ref gradient, rest, allMaxima, adds);
                    continue;
                }

                for (int d = 0; d < box.Depths; d++)
                {
                    for (int h = 0; h < box.Heights; h++)
                    {
                        nint offset = d * box.DepthStep + h * box.HeightStep + c;
                        for (int w = 0; w < box.Widths; w++, offset += box.WidthStep)
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
            Store(gradInput, adds ? TUnit.Add(Load(gradInput, rest), taken) : taken, rest);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void Average(in Box box, int channels, T* gradOutput, T* gradInput)
        {
            TVector count = TUnit.Broadcast(T.CreateTruncating(box.Count));
            for (int c = 0; c < channels; c += TUnit.Count)
            {
                int rest = channels - c;
                TVector share = TUnit.Divide(Load(gradOutput + c, rest), count);
                for (int d = 0; d < box.Depths; d++)
                {
                    for (int h = 0; h < box.Heights; h++)
                    {
                        T* to = gradInput + d * box.DepthStep + h * box.HeightStep + c;
                        for (int w = 0; w < box.Widths; w++, to += box.WidthStep)
                            Store(to, TUnit.Add(Load(to, rest), share), rest);
                    }
                }
            }
        }
    }
}
