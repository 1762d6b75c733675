using System.Diagnostics;
using System.Numerics;
using Tapestry.Kernels.Gemm;

namespace Tapestry.Kernels.Pooling;

/// <summary>Maximum and average pooling of one to three spatial dimensions in float32 or float64, channels last, and their gradients.</summary>
static unsafe class Pooling
{
    /// <summary>The maximum of every window; NaN if the window holds one, −∞ if it lies in the padding as a whole.</summary>
    internal static void MaxForward<T>(in PoolGeometry geometry, ReadOnlySpan<T> input, Span<T> output)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Run(GemmLevels.Best, PoolKind.MaxForward, geometry, input, [], output);

    /// <summary>Sends every upstream gradient to the first maximum of its window, in row-major order of the taps, or only to one that is positive; every element of gradInput is written.</summary>
    internal static void MaxBackward<T>(in PoolGeometry geometry, ReadOnlySpan<T> input, ReadOnlySpan<T> gradOutput, Span<T> gradInput, bool ofPositive = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Run(GemmLevels.Best, PoolKind.MaxBackward, geometry, input, gradOutput, gradInput, ofPositive);

    /// <summary>Sends every upstream gradient whole to each of the maxima of its window, or only to positive ones; every element of gradInput is written.</summary>
    internal static void MaxBackwardToAll<T>(in PoolGeometry geometry, ReadOnlySpan<T> input, ReadOnlySpan<T> gradOutput, Span<T> gradInput, bool ofPositive = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Run(GemmLevels.Best, PoolKind.MaxBackwardToAll, geometry, input, gradOutput, gradInput, ofPositive);

    /// <summary>The mean of the elements of every window that lie inside the input: padding counts neither in the sum nor in the number.</summary>
    internal static void AverageForward<T>(in PoolGeometry geometry, ReadOnlySpan<T> input, Span<T> output)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Run(GemmLevels.Best, PoolKind.AverageForward, geometry, input, [], output);

    /// <summary>Spreads every upstream gradient evenly over the elements of its window; every element of gradInput is written.</summary>
    internal static void AverageBackward<T>(in PoolGeometry geometry, ReadOnlySpan<T> gradOutput, Span<T> gradInput)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Run(GemmLevels.Best, PoolKind.AverageBackward, geometry, [], gradOutput, gradInput);

    /// <summary>Any of them at a vector width that the caller chooses; operands that the kind does not need are empty.</summary>
    internal static void Run<T>(GemmLevel level, PoolKind kind, in PoolGeometry geometry, ReadOnlySpan<T> input, ReadOnlySpan<T> gradOutput, Span<T> result, bool ofPositive = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        bool forward = kind is PoolKind.MaxForward or PoolKind.AverageForward;
        Debug.Assert(result.Length == (forward ? geometry.OutputLength : geometry.InputLength), "The result does not have the geometry's shape.");
        Debug.Assert(kind == PoolKind.AverageBackward || input.Length == geometry.InputLength, "The input does not have the geometry's shape.");
        Debug.Assert(forward || gradOutput.Length == geometry.OutputLength, "The gradient does not have the geometry's shape.");
        fixed (T* i = input, g = gradOutput, r = result)
        {
            GemmLevels.Run<T, Work<T>>(level, new Work<T> { Kind = kind, Geometry = geometry, Input = i, GradOutput = g, Result = r, OfPositive = ofPositive });
        }
    }

    struct Work<T> : IWidthWork<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal PoolKind Kind;
        internal PoolGeometry Geometry;
        internal T* Input, GradOutput, Result;
        internal bool OfPositive;

        public readonly void Run<TVector, TUnit>()
            where TVector : unmanaged
            where TUnit : struct, IVectorUnit<T, TVector> =>
            PoolingKernel<T, TVector, TUnit>.Run(Kind, Geometry, Input, GradOutput, Result, OfPositive);
    }
}

/// <summary>What a pooling kernel computes.</summary>
enum PoolKind
{
    /// <summary>The maxima.</summary>
    MaxForward,

    /// <summary>The gradient of the maxima.</summary>
    MaxBackward,

    /// <summary>The gradient of the maxima, in which each of several equal ones gets the whole.</summary>
    MaxBackwardToAll,

    /// <summary>The means.</summary>
    AverageForward,

    /// <summary>The gradient of the means.</summary>
    AverageBackward,
}
