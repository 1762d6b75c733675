using System.Numerics;
using Tapestry.Kernels.Gemm;

namespace Tapestry.Kernels.Conv;

/// <summary>Convolutions as matrix products whose operands are packed straight from the pictures, one product per group.</summary>
static unsafe class ConvolutionKernel<T, TVector, TUnit>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TUnit : struct, IVectorUnit<T, TVector>
{
    internal static void Forward(in ConvGeometry geometry, T* input, T* filter, T* output, in PinnedEpilogue<T> epilogue)
    {
        if (WinogradShape.IsSuitable<T>(geometry))
        {
            WinogradKernel<T, TVector, TUnit>.Forward(geometry, input, filter, output, epilogue);
            return;
        }

        PatchGrid grid = PatchGrid.Forward(geometry);
        if (geometry.IsDepthwise && geometry.GroupOutputs == 1)
        {
            DepthwiseKernel<T, TVector, TUnit>.Correlate(geometry, grid, input, filter, output, epilogue);
            return;
        }

        for (int group = 0; group < geometry.Groups; group++)
        {
            int firstOutput = group * geometry.GroupOutputs;
            Multiply(
                new PatchSource<T>(input + group * geometry.GroupInputs, geometry.GroupInputs, geometry.InputChannels, grid), geometry.GroupOutputs,
                new RightMatrix<T>(filter + firstOutput, geometry.OutputChannels, 1), new PatchTarget<T>(output + firstOutput, geometry.OutputChannels, grid), epilogue.At(0, firstOutput));
        }
    }

    internal static void BackwardInput(in ConvGeometry geometry, T* gradOutput, T* filter, T* gradInput, in PinnedEpilogue<T> epilogue)
    {
        if (WinogradShape.IsSuitable<T>(geometry))
        {
            WinogradKernel<T, TVector, TUnit>.BackwardInput(geometry, gradOutput, filter, gradInput, epilogue);
            return;
        }

        PatchGrid forward = PatchGrid.Forward(geometry);
        if (ScatterKernel<T, TVector, TUnit>.IsSuitable(geometry, forward))
        {
            ScatterKernel<T, TVector, TUnit>.Run(geometry, forward, gradOutput, filter, gradInput, epilogue);
            return;
        }

        int phases = PatchGrid.BackwardCount(geometry);
        for (int phase = 0; phase < phases; phase++)
        {
            PatchGrid grid = PatchGrid.Backward(geometry, phase);
            if (geometry.IsDepthwise && geometry.GroupOutputs == 1)
            {
                DepthwiseKernel<T, TVector, TUnit>.Correlate(geometry, grid, gradOutput, filter, gradInput, epilogue);
                continue;
            }

            for (int group = 0; group < geometry.Groups; group++)
            {
                int firstInput = group * geometry.GroupInputs, firstOutput = group * geometry.GroupOutputs;
                Multiply(
                    new PatchSource<T>(gradOutput + firstOutput, geometry.GroupOutputs, geometry.OutputChannels, grid), geometry.GroupInputs,
                    new TurnedFilter<T>(filter + firstOutput, geometry, grid), new PatchTarget<T>(gradInput + firstInput, geometry.InputChannels, grid), epilogue.At(0, firstInput));
            }
        }
    }

    internal static void BackwardFilter(in ConvGeometry geometry, T* input, T* gradOutput, T* gradFilter)
    {
        if (WinogradShape.SuitsGradient<T>(geometry))
        {
            WinogradKernel<T, TVector, TUnit>.BackwardFilter(geometry, input, gradOutput, gradFilter);
            return;
        }

        PatchGrid grid = PatchGrid.Forward(geometry);
        if (geometry.IsDepthwise && geometry.GroupOutputs == 1)
        {
            DepthwiseKernel<T, TVector, TUnit>.FilterGradient(geometry, grid, input, gradOutput, gradFilter);
            return;
        }

        for (int group = 0; group < geometry.Groups; group++)
        {
            int firstOutput = group * geometry.GroupOutputs;
            var source = new PatchSource<T>(input + group * geometry.GroupInputs, geometry.GroupInputs, geometry.InputChannels, grid);
            if (LineGradient<T, TVector, TUnit>.IsSuitable(source, geometry.GroupOutputs))
            {
                LineGradient<T, TVector, TUnit>.Run(source, geometry.GroupOutputs, gradOutput + firstOutput, geometry.OutputChannels, gradFilter + firstOutput, geometry.OutputChannels);
                continue;
            }

            var patches = new PatchColumns<T>(source);
            GemmDriver<T, TVector, TUnit>.Run(
                grid.Taps * geometry.GroupInputs, geometry.GroupOutputs, grid.Rows, patches, new RightMatrix<T>(gradOutput + firstOutput, geometry.OutputChannels, 1),
                new MatrixResult<T>(gradFilter + firstOutput, geometry.OutputChannels), false, default);
        }
    }

    /// <summary>The product of patches and a filter: over lines in place if few columns share the packing of patches, over packed patches otherwise.</summary>
    static void Multiply<TRight>(in PatchSource<T> source, int columns, in TRight right, in PatchTarget<T> target, in PinnedEpilogue<T> epilogue)
        where TRight : struct, IRightOperand<T>
    {
        if (LineKernel<T, TVector, TUnit>.IsSuitable(source, columns))
            LineKernel<T, TVector, TUnit>.Run(source, columns, right, target, epilogue);
        else
            GemmDriver<T, TVector, TUnit>.Run(source.Grid.Rows, columns, source.Grid.Taps * source.Channels, new PatchRows<T>(source), right, target, false, epilogue);
    }
}
