using System.Numerics;
using Tapestry.Kernels.Gemm;

namespace Tapestry;

/// <summary>
/// The gradient of a convolution with respect to its input, from the filter and the gradient of the output. The third input is the
/// convolution's own; only its shape matters. Source: <c>tf.raw_ops.Conv2DBackpropInput</c>.
/// </summary>
/// <param name="Window">How the filter of the convolution slides.</param>
public sealed record ConvolutionInputGradientOp(Window Window) : Op
{
    /// <inheritdoc/>
    public override bool ReadsValue(int input) => input != 2;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => input != 2;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        ConvolutionOp.RefuseDTypes(this, context, 3);
        if (ConvShapes.Fault(Window, context.Shape(2), context.Shape(0)) is var (fault, expected)) throw Refuse(fault, context, expected);
        var output = ConvShapes.Output(Window, context.Shape(2), context.Shape(0));
        if (!output.IsCompatibleWith(context.Shape(1))) throw Refuse("the gradient does not have the shape of the output", context, $"a gradient of shape {output}");
        context.Return(context.Shape(2), context.DType(0));
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        var (filter, g, upstream) = (context.Input(0), context.Input(1), context.Upstream(0));
        if (context.Needs(0)) context.Return(0, new ConvolutionFilterGradientOp(Window).Apply(upstream, g, filter));
        if (context.Needs(1)) context.Return(1, new ConvolutionOp(Window).Apply(upstream, filter));
    }

    internal override bool FinishesBlocks(ReadOnlySpan<Tensor> inputs) => true;

    internal override TensorSpec[]? Rehearsal(ReadOnlySpan<Tensor> inputs)
    {
        if (ConvShapes.Rehearsal(Window, inputs[2].Shape, inputs[0].Shape) is not var (x, filter)) return null;
        var dtype = inputs[0].DType;
        return [new(filter, dtype), new(ConvShapes.Output(Window, x, filter), dtype), new(x, dtype)];
    }

    /// <inheritdoc/>
    public override void Run(in KernelContext context) => Run(context, Window);

    /// <summary>Computes it from a filter and a gradient, which are the first inputs.</summary>
    internal static void Run(in KernelContext context, Window window, bool filterFirst = true)
    {
        if (context.InputTensor(0).DType == DType.Float32) Run<float>(context, window, filterFirst ? 0 : 1);
        else Run<double>(context, window, filterFirst ? 0 : 1);
    }

    static void Run<T>(in KernelContext context, Window window, int filter)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var gradient = 1 - filter;
        var geometry = ConvShapes.Geometry(window, context.OutputTensor(0).Shape, context.InputTensor(filter).Shape, context.InputTensor(gradient).Shape);
        Kernels.Conv.Convolution.BackwardInput(geometry, context.Input<T>(gradient), context.Input<T>(filter), context.Output<T>(0), new GemmEpilogue<T> { Finish = context.Finish });
    }
}
