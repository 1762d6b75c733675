using Tapestry.Kernels.Conv;
using Tapestry.Kernels.Gemm;

namespace Tapestry;

/// <summary>Transforms the filter [3, 3, input channels, output channels] of a convolution by Winograd's scheme, for many convolutions with it. Plans use it; it has no gradient.</summary>
sealed record ConvolutionFilterPreparationOp : Op
{
    internal static readonly ConvolutionFilterPreparationOp Instance = new();

    public override void Infer(ref InferContext context)
    {
        var filter = context.Shape(0);
        context.Return([(int)WinogradFilter.Length(filter[^2], filter[^1])], context.DType(0));
    }

    public override void Run(in KernelContext context)
    {
        var filter = context.InputTensor(0).Shape;
        WinogradFilter.Prepare(context.Input<float>(0), filter[^2], filter[^1], context.Output<float>(0));
    }
}

/// <summary>A <see cref="ConvolutionOp"/> whose second input is a prepared filter.</summary>
/// <param name="Window">How the filter slides.</param>
/// <param name="Filter">The shape that the filter had.</param>
sealed record PreparedConvolutionOp(Window Window, Shape Filter) : Op
{
    public override void Infer(ref InferContext context) => context.Return(ConvShapes.Output(Window, context.Shape(0), Filter), context.DType(0));

    internal override bool FinishesBlocks(ReadOnlySpan<Tensor> inputs) => true;

    public override void Run(in KernelContext context)
    {
        var geometry = ConvShapes.Geometry(Window, context.InputTensor(0).Shape, Filter, context.OutputTensor(0).Shape);
        WinogradFilter.Forward(geometry, context.Input<float>(0), context.Input<float>(1), context.Output<float>(0), new GemmEpilogue<float> { Finish = context.Finish });
    }
}
