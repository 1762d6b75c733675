using System.Diagnostics;
using Tapestry.Kernels.Gemm;

namespace Tapestry.Kernels.Conv;

/// <summary>Filters of convolutions by Winograd's scheme that are transformed once, for many convolutions: 16/9 of their memory, read in their place.</summary>
static unsafe class WinogradFilter
{
    /// <summary>Elements of a filter as the vectors of this machine read it.</summary>
    internal static long Length(int inputs, int outputs) => Length(GemmLevels.Best, inputs, outputs);

    /// <summary>Transforms a filter [3, 3, inputs, outputs].</summary>
    internal static void Prepare(ReadOnlySpan<float> filter, int inputs, int outputs, Span<float> prepared) => Prepare(GemmLevels.Best, filter, inputs, outputs, prepared);

    /// <summary>output = epilogue(input ∗ filter).</summary>
    internal static void Forward(in ConvGeometry geometry, ReadOnlySpan<float> input, ReadOnlySpan<float> prepared, Span<float> output, in GemmEpilogue<float> epilogue) =>
        Forward(GemmLevels.Best, geometry, input, prepared, output, epilogue);

    /// <summary>Elements of a filter at a vector width that the caller chooses.</summary>
    internal static long Length(GemmLevel level, int inputs, int outputs) => WinogradShape.Points * (long)WinogradShape.PackedSize<float>(inputs, outputs, GemmLevels.PanelWidth<float>(level));

    /// <summary>The transform at a vector width that the caller chooses.</summary>
    internal static void Prepare(GemmLevel level, ReadOnlySpan<float> filter, int inputs, int outputs, Span<float> prepared)
    {
        Debug.Assert(filter.Length == 9L * inputs * outputs && prepared.Length == Length(level, inputs, outputs), "The lengths are those of the channels.");
        fixed (float* f = filter, p = prepared)
        {
            GemmLevels.Run<float, PrepareWork>(level, new PrepareWork { Filter = f, Inputs = inputs, Outputs = outputs, Prepared = p });
        }
    }

    /// <summary>The convolution at a vector width that the caller chooses, the one at which the filter was prepared.</summary>
    internal static void Forward(GemmLevel level, in ConvGeometry geometry, ReadOnlySpan<float> input, ReadOnlySpan<float> prepared, Span<float> output, in GemmEpilogue<float> epilogue)
    {
        Debug.Assert(input.Length == geometry.InputLength && output.Length == geometry.OutputLength, "Input and output have the geometry's shape.");
        Debug.Assert(prepared.Length == Length(level, geometry.InputChannels, geometry.OutputChannels), "The filter was prepared for these channels.");
        fixed (float* i = input, p = prepared, o = output, bias = epilogue.Bias, residual = epilogue.Residual)
        {
            GemmLevels.Run<float, ForwardWork>(level, new ForwardWork { Geometry = geometry, Input = i, Prepared = p, Output = o, Epilogue = epilogue.Pin(bias, residual) });
        }
    }

    struct PrepareWork : IWidthWork<float>
    {
        internal float* Filter, Prepared;
        internal int Inputs, Outputs;

        public readonly void Run<TVector, TUnit>()
            where TVector : unmanaged
            where TUnit : struct, IVectorUnit<float, TVector> =>
            WinogradKernel<float, TVector, TUnit>.Prepare(Filter, Inputs, Outputs, Prepared);
    }

    struct ForwardWork : IWidthWork<float>
    {
        internal ConvGeometry Geometry;
        internal float* Input, Prepared, Output;
        internal PinnedEpilogue<float> Epilogue;

        public readonly void Run<TVector, TUnit>()
            where TVector : unmanaged
            where TUnit : struct, IVectorUnit<float, TVector> =>
            WinogradKernel<float, TVector, TUnit>.ForwardPrepared(Geometry, Input, Prepared, Output, Epilogue);
    }
}
