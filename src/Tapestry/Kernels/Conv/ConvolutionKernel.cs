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
        PatchGrid grid = PatchGrid.Forward(geometry);
        if (geometry.IsDepthwise && geometry.GroupOutputs == 1)
        {
            DepthwiseKernel<T, TVector, TUnit>.Correlate(geometry, grid, input, filter, output, epilogue);
            return;
        }

        for (int group = 0; group < geometry.Groups; group++)
        {
            int firstOutput = group * geometry.GroupOutputs;
            var patches = new PatchRows<T>(new PatchSource<T>(input + group * geometry.GroupInputs, geometry.GroupInputs, geometry.InputChannels, grid));
            GemmDriver<T, TVector, TUnit>.Run(
                grid.Rows, geometry.GroupOutputs, grid.Taps * geometry.GroupInputs, patches, new RightMatrix<T>(filter + firstOutput, geometry.OutputChannels, 1),
                new MatrixResult<T>(output + firstOutput, geometry.OutputChannels), false, epilogue.At(0, firstOutput));
        }
    }

    internal static void BackwardInput(in ConvGeometry geometry, T* gradOutput, T* filter, T* gradInput, in PinnedEpilogue<T> epilogue)
    {
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
                var patches = new PatchRows<T>(new PatchSource<T>(gradOutput + firstOutput, geometry.GroupOutputs, geometry.OutputChannels, grid));
                GemmDriver<T, TVector, TUnit>.Run(
                    grid.Rows, geometry.GroupInputs, grid.Taps * geometry.GroupOutputs, patches, new TurnedFilter<T>(filter + firstOutput, geometry, grid),
                    new PatchTarget<T>(gradInput + firstInput, geometry.InputChannels, grid), false, epilogue.At(0, firstInput));
            }
        }
    }

    internal static void BackwardFilter(in ConvGeometry geometry, T* input, T* gradOutput, T* gradFilter)
    {
        PatchGrid grid = PatchGrid.Forward(geometry);
        if (geometry.IsDepthwise && geometry.GroupOutputs == 1)
        {
            DepthwiseKernel<T, TVector, TUnit>.FilterGradient(geometry, grid, input, gradOutput, gradFilter);
            return;
        }

        for (int group = 0; group < geometry.Groups; group++)
        {
            int firstOutput = group * geometry.GroupOutputs;
            var patches = new PatchColumns<T>(new PatchSource<T>(input + group * geometry.GroupInputs, geometry.GroupInputs, geometry.InputChannels, grid));
            GemmDriver<T, TVector, TUnit>.Run(
                grid.Taps * geometry.GroupInputs, geometry.GroupOutputs, grid.Rows, patches, new RightMatrix<T>(gradOutput + firstOutput, geometry.OutputChannels, 1),
                new MatrixResult<T>(gradFilter + firstOutput, geometry.OutputChannels), false, default);
        }
    }
}
