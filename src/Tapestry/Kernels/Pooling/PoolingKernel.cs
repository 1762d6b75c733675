using System.Numerics;
using System.Runtime.CompilerServices;
using Tapestry.Kernels.Gemm;
using Tapestry.Kernels.Threading;

namespace Tapestry.Kernels.Pooling;

/// <summary>
/// Pooling with vectors running over channels. The lines of the output are independent.
/// </summary>
static unsafe class PoolingKernel<T, TVector, TUnit>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TUnit : struct, IVectorUnit<T, TVector>
{
    /// <summary>Below so many taps a fork costs more than it gains.</summary>
    internal const double ForkWork = 1e5;

    internal static void Run(PoolKind kind, in PoolGeometry geometry, T* input, T* gradOutput, T* result, bool ofPositive)
    {
        if (kind is not (PoolKind.MaxForward or PoolKind.AverageForward))
        {
            PoolingGradientKernel<T, TVector, TUnit>.Run(kind, geometry, input, gradOutput, result, ofPositive);
            return;
        }

        int lines = geometry.Batch * geometry.Output[0] * geometry.Output[1];
        var body = new ForwardBody { Geometry = geometry, IsMax = kind == PoolKind.MaxForward, Lines = lines, Group = LinesTogether(geometry, lines), Input = input, Output = result };
        WorkerPool.Run((lines + body.Group - 1) / body.Group, ref body, forks: Work(geometry) >= ForkWork);
    }

    /// <summary>All taps of all windows.</summary>
    internal static double Work(in PoolGeometry geometry) => (double)geometry.OutputLength * geometry.Window[0] * geometry.Window[1] * geometry.Window[2];

    /// <summary>How many lines of the output make a work item of a good size.</summary>
    internal static int LinesTogether(in PoolGeometry geometry, int lines) => lines == 0 ? 1 : (int)Math.Clamp(3e4 * lines / Math.Max(1, Work(geometry)), 1, lines);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Load(T* source, int count) => count >= TUnit.Count ? TUnit.Load(source) : TUnit.LoadPartial(source, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Store(T* destination, TVector value, int count)
    {
        if (count >= TUnit.Count)
            TUnit.Store(destination, value);
        else
            TUnit.StorePartial(destination, value, count);
    }

    /// <summary>The largest of the taps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Best(T* input, in PoolWindow box, nint* taps, int count, int rest)
    {
        TVector best = TUnit.Broadcast(T.NegativeInfinity), unordered = TUnit.Zero;
        if (count <= PoolWindow.MostTaps)
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
            nint* taps = stackalloc nint[PoolWindow.MostTaps];
            for (int line = index * Group; line < end; line++)
            {
                int h = line % Geometry.Output[1], rest = line / Geometry.Output[1], d = rest % Geometry.Output[0], image = rest / Geometry.Output[0];
                T* output = Output + (nint)line * Geometry.Output[2] * Geometry.Channels;
                var box = new PoolWindow(Geometry, image, d, h);
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
        static void Max(T* input, in PoolWindow box, nint* taps, int channels, T* output)
        {
            int count = box.Count;
            for (int c = 0; c < channels; c += TUnit.Count)
                Store(output + c, Best(input + c, box, taps, count, channels - c), channels - c);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void Average(T* input, in PoolWindow box, int channels, T* output)
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
}
