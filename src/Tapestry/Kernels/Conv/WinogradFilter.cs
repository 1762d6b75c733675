using System.Diagnostics;
using System.Runtime.Intrinsics;
using Tapestry.Kernels.Gemm;

namespace Tapestry.Kernels.Conv;

/// <summary>Filters of convolutions by Winograd's scheme that are transformed once, for many convolutions: 16/9 of their memory, and as long as they are it is read instead of them.</summary>
static unsafe class WinogradFilter
{
    /// <summary>Whether a forward convolution transforms its filter.</summary>
    internal static bool IsUsed(in ConvGeometry geometry) => WinogradKernel<float, float, UnitScalar<float>>.IsSuitable(geometry);

    /// <summary>Elements of a filter as the vectors of this machine read it.</summary>
    internal static long Length(int inputs, int outputs) => Length(GemmLevels.Best, inputs, outputs);

    /// <summary>Transforms a filter [3, 3, inputs, outputs].</summary>
    internal static void Prepare(ReadOnlySpan<float> filter, int inputs, int outputs, Span<float> prepared) => Prepare(GemmLevels.Best, filter, inputs, outputs, prepared);

    /// <summary>output = epilogue(input ∗ filter).</summary>
    internal static void Forward(in ConvGeometry geometry, ReadOnlySpan<float> input, ReadOnlySpan<float> prepared, Span<float> output, in GemmEpilogue<float> epilogue) =>
        Forward(GemmLevels.Best, geometry, input, prepared, output, epilogue);

    /// <summary>Elements of a filter at a vector width that the caller chooses.</summary>
    internal static long Length(GemmLevel level, int inputs, int outputs) => level switch
    {
        GemmLevel.Vector512 => WinogradKernel<float, Vector512<float>, Unit512<float>>.PreparedLength(inputs, outputs),
        GemmLevel.Vector256 => WinogradKernel<float, Vector256<float>, Unit256<float>>.PreparedLength(inputs, outputs),
        GemmLevel.Vector128 => WinogradKernel<float, Vector128<float>, Unit128<float>>.PreparedLength(inputs, outputs),
        _ => WinogradKernel<float, float, UnitScalar<float>>.PreparedLength(inputs, outputs),
    };

    /// <summary>The transform at a vector width that the caller chooses.</summary>
    internal static void Prepare(GemmLevel level, ReadOnlySpan<float> filter, int inputs, int outputs, Span<float> prepared)
    {
        Debug.Assert(filter.Length == 9L * inputs * outputs && prepared.Length == Length(level, inputs, outputs), "The lengths are those of the channels.");
        fixed (float* f = filter, p = prepared)
        {
            switch (level)
            {
                case GemmLevel.Vector512:
                    WinogradKernel<float, Vector512<float>, Unit512<float>>.Prepare(f, inputs, outputs, p);
                    break;
                case GemmLevel.Vector256:
                    WinogradKernel<float, Vector256<float>, Unit256<float>>.Prepare(f, inputs, outputs, p);
                    break;
                case GemmLevel.Vector128:
                    WinogradKernel<float, Vector128<float>, Unit128<float>>.Prepare(f, inputs, outputs, p);
                    break;
                default:
                    WinogradKernel<float, float, UnitScalar<float>>.Prepare(f, inputs, outputs, p);
                    break;
            }
        }
    }

    /// <summary>The convolution at a vector width that the caller chooses, the one at which the filter was prepared.</summary>
    internal static void Forward(GemmLevel level, in ConvGeometry geometry, ReadOnlySpan<float> input, ReadOnlySpan<float> prepared, Span<float> output, in GemmEpilogue<float> epilogue)
    {
        Debug.Assert(input.Length == geometry.InputLength && output.Length == geometry.OutputLength, "Input and output have the geometry's shape.");
        Debug.Assert(prepared.Length == Length(level, geometry.InputChannels, geometry.OutputChannels), "The filter was prepared for these channels.");
        fixed (float* i = input, p = prepared, o = output, bias = epilogue.Bias, residual = epilogue.Residual)
        {
            PinnedEpilogue<float> pinned = epilogue.Pin(bias, residual);
            switch (level)
            {
                case GemmLevel.Vector512:
                    WinogradKernel<float, Vector512<float>, Unit512<float>>.ForwardPrepared(geometry, i, p, o, pinned);
                    break;
                case GemmLevel.Vector256:
                    WinogradKernel<float, Vector256<float>, Unit256<float>>.ForwardPrepared(geometry, i, p, o, pinned);
                    break;
                case GemmLevel.Vector128:
                    WinogradKernel<float, Vector128<float>, Unit128<float>>.ForwardPrepared(geometry, i, p, o, pinned);
                    break;
                default:
                    WinogradKernel<float, float, UnitScalar<float>>.ForwardPrepared(geometry, i, p, o, pinned);
                    break;
            }
        }
    }
}
