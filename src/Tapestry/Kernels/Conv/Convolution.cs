using System.Diagnostics;
using System.Numerics;
using System.Runtime.Intrinsics;
using Tapestry.Kernels.Gemm;

namespace Tapestry.Kernels.Conv;

/// <summary>
/// Convolutions of one to three spatial dimensions in float32 or float64, channels last, and their gradients. A transposed convolution is
/// <see cref="BackwardInput{T}(in ConvGeometry, ReadOnlySpan{T}, ReadOnlySpan{T}, Span{T}, in GemmEpilogue{T})"/> used forward.
/// </summary>
static unsafe class Convolution
{
    /// <summary>output = epilogue(input ∗ filter).</summary>
    internal static void Forward<T>(in ConvGeometry geometry, ReadOnlySpan<T> input, ReadOnlySpan<T> filter, Span<T> output, in GemmEpilogue<T> epilogue = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Forward(GemmLevels.Best, geometry, input, filter, output, epilogue);

    /// <summary>The gradient with respect to the input (every element is written), or the transposed convolution; its epilogue may have a bias and an activation.</summary>
    internal static void BackwardInput<T>(in ConvGeometry geometry, ReadOnlySpan<T> gradOutput, ReadOnlySpan<T> filter, Span<T> gradInput, in GemmEpilogue<T> epilogue = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        BackwardInput(GemmLevels.Best, geometry, gradOutput, filter, gradInput, epilogue);

    /// <summary>The gradient with respect to the filter; every element is written.</summary>
    internal static void BackwardFilter<T>(in ConvGeometry geometry, ReadOnlySpan<T> input, ReadOnlySpan<T> gradOutput, Span<T> gradFilter)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        BackwardFilter(GemmLevels.Best, geometry, input, gradOutput, gradFilter);

    /// <summary>The forward convolution at a vector width that the caller chooses.</summary>
    internal static void Forward<T>(GemmLevel level, in ConvGeometry geometry, ReadOnlySpan<T> input, ReadOnlySpan<T> filter, Span<T> output, in GemmEpilogue<T> epilogue)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        AssertLengths(geometry, input.Length, filter.Length, output.Length);
        fixed (T* i = input, f = filter, o = output, bias = epilogue.Bias, residual = epilogue.Residual)
        {
            PinnedEpilogue<T> pinned = epilogue.Pin(bias, residual);
            switch (level)
            {
                case GemmLevel.Vector512:
                    ConvolutionKernel<T, Vector512<T>, Unit512<T>>.Forward(geometry, i, f, o, pinned);
                    break;
                case GemmLevel.Vector256:
                    ConvolutionKernel<T, Vector256<T>, Unit256<T>>.Forward(geometry, i, f, o, pinned);
                    break;
                case GemmLevel.Vector128:
                    ConvolutionKernel<T, Vector128<T>, Unit128<T>>.Forward(geometry, i, f, o, pinned);
                    break;
                default:
                    ConvolutionKernel<T, T, UnitScalar<T>>.Forward(geometry, i, f, o, pinned);
                    break;
            }
        }
    }

    /// <summary>The gradient of the input at a vector width that the caller chooses.</summary>
    internal static void BackwardInput<T>(GemmLevel level, in ConvGeometry geometry, ReadOnlySpan<T> gradOutput, ReadOnlySpan<T> filter, Span<T> gradInput, in GemmEpilogue<T> epilogue)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        AssertLengths(geometry, gradInput.Length, filter.Length, gradOutput.Length);
        Debug.Assert(epilogue.Residual.IsEmpty, "The gradient of the input takes no residual.");
        fixed (T* i = gradInput, f = filter, o = gradOutput, bias = epilogue.Bias)
        {
            PinnedEpilogue<T> pinned = epilogue.Pin(bias, null);
            switch (level)
            {
                case GemmLevel.Vector512:
                    ConvolutionKernel<T, Vector512<T>, Unit512<T>>.BackwardInput(geometry, o, f, i, pinned);
                    break;
                case GemmLevel.Vector256:
                    ConvolutionKernel<T, Vector256<T>, Unit256<T>>.BackwardInput(geometry, o, f, i, pinned);
                    break;
                case GemmLevel.Vector128:
                    ConvolutionKernel<T, Vector128<T>, Unit128<T>>.BackwardInput(geometry, o, f, i, pinned);
                    break;
                default:
                    ConvolutionKernel<T, T, UnitScalar<T>>.BackwardInput(geometry, o, f, i, pinned);
                    break;
            }
        }
    }

    /// <summary>The gradient of the filter at a vector width that the caller chooses.</summary>
    internal static void BackwardFilter<T>(GemmLevel level, in ConvGeometry geometry, ReadOnlySpan<T> input, ReadOnlySpan<T> gradOutput, Span<T> gradFilter)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        AssertLengths(geometry, input.Length, gradFilter.Length, gradOutput.Length);
        fixed (T* i = input, f = gradFilter, o = gradOutput)
        {
            switch (level)
            {
                case GemmLevel.Vector512:
                    ConvolutionKernel<T, Vector512<T>, Unit512<T>>.BackwardFilter(geometry, i, o, f);
                    break;
                case GemmLevel.Vector256:
                    ConvolutionKernel<T, Vector256<T>, Unit256<T>>.BackwardFilter(geometry, i, o, f);
                    break;
                case GemmLevel.Vector128:
                    ConvolutionKernel<T, Vector128<T>, Unit128<T>>.BackwardFilter(geometry, i, o, f);
                    break;
                default:
                    ConvolutionKernel<T, T, UnitScalar<T>>.BackwardFilter(geometry, i, o, f);
                    break;
            }
        }
    }

    [Conditional("DEBUG")]
    static void AssertLengths(in ConvGeometry geometry, int input, int filter, int output)
    {
        Debug.Assert(input == geometry.InputLength, "The input does not have the geometry's shape.");
        Debug.Assert(filter == geometry.FilterLength, "The filter does not have the geometry's shape.");
        Debug.Assert(output == geometry.OutputLength, "The output does not have the geometry's shape.");
    }
}
