using System.Diagnostics;
using System.Numerics;
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
            GemmLevels.Run<T, Work<T>>(level, new Work<T> { Pass = Pass.Forward, Geometry = geometry, Input = i, Filter = f, Output = o, Epilogue = epilogue.Pin(bias, residual) });
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
            GemmLevels.Run<T, Work<T>>(level, new Work<T> { Pass = Pass.BackwardInput, Geometry = geometry, Input = i, Filter = f, Output = o, Epilogue = epilogue.Pin(bias, null) });
        }
    }

    /// <summary>The gradient of the filter at a vector width that the caller chooses.</summary>
    internal static void BackwardFilter<T>(GemmLevel level, in ConvGeometry geometry, ReadOnlySpan<T> input, ReadOnlySpan<T> gradOutput, Span<T> gradFilter)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        AssertLengths(geometry, input.Length, gradFilter.Length, gradOutput.Length);
        fixed (T* i = input, f = gradFilter, o = gradOutput)
        {
            GemmLevels.Run<T, Work<T>>(level, new Work<T> { Pass = Pass.BackwardFilter, Geometry = geometry, Input = i, Filter = f, Output = o });
        }
    }

    [Conditional("DEBUG")]
    static void AssertLengths(in ConvGeometry geometry, int input, int filter, int output)
    {
        Debug.Assert(input == geometry.InputLength, "The input does not have the geometry's shape.");
        Debug.Assert(filter == geometry.FilterLength, "The filter does not have the geometry's shape.");
        Debug.Assert(output == geometry.OutputLength, "The output does not have the geometry's shape.");
    }

    enum Pass
    {
        Forward,
        BackwardInput,
        BackwardFilter,
    }

    /// <summary>One pass over pinned operands; what is computed and what is given in its place is a gradient in the backward passes.</summary>
    struct Work<T> : IWidthWork<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal Pass Pass;
        internal ConvGeometry Geometry;
        internal T* Input, Filter, Output;
        internal PinnedEpilogue<T> Epilogue;

        public readonly void Run<TVector, TUnit>()
            where TVector : unmanaged
            where TUnit : struct, IVectorUnit<T, TVector>
        {
            switch (Pass)
            {
                case Pass.Forward:
                    ConvolutionKernel<T, TVector, TUnit>.Forward(Geometry, Input, Filter, Output, Epilogue);
                    break;
                case Pass.BackwardInput:
                    ConvolutionKernel<T, TVector, TUnit>.BackwardInput(Geometry, Output, Filter, Input, Epilogue);
                    break;
                default:
                    ConvolutionKernel<T, TVector, TUnit>.BackwardFilter(Geometry, Input, Output, Filter);
                    break;
            }
        }
    }
}
