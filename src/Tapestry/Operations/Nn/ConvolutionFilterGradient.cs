using System.Numerics;

namespace Tapestry;

/// <summary>
/// The gradient of a convolution with respect to its filter, from the input and the gradient of the output. The third input is the
/// filter; only its shape matters. Source: <c>tf.raw_ops.Conv2DBackpropFilter</c>.
/// </summary>
/// <param name="Window">How the filter slides.</param>
public sealed record ConvolutionFilterGradientOp(Window Window) : Op
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
        if (ConvShapes.Fault(Window, context.Shape(0), context.Shape(2)) is var (fault, expected)) throw Refuse(fault, context, expected);
        var output = ConvShapes.Output(Window, context.Shape(0), context.Shape(2));
        if (!output.IsCompatibleWith(context.Shape(1))) throw Refuse("the gradient does not have the shape of the output", context, $"a gradient of shape {output}");
        context.Return(context.Shape(2), context.DType(0));
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        var (x, g, upstream) = (context.Input(0), context.Input(1), context.Upstream(0));
        if (context.Needs(0)) context.Return(0, new ConvolutionInputGradientOp(Window).Apply(upstream, g, x));
        if (context.Needs(1)) context.Return(1, new ConvolutionOp(Window).Apply(x, upstream));
    }

    internal override TensorSpec[]? Rehearsal(ReadOnlySpan<Tensor> inputs)
    {
        if (ConvShapes.Rehearsal(Window, inputs[0].Shape, inputs[2].Shape) is not var (x, filter)) return null;
        var dtype = inputs[0].DType;
        return [new(x, dtype), new(ConvShapes.Output(Window, x, filter), dtype), new(filter, dtype)];
    }

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        if (context.InputTensor(0).DType == DType.Float32) Run<float>(context);
        else Run<double>(context);
    }

    void Run<T>(in KernelContext context)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var geometry = ConvShapes.Geometry(Window, context.InputTensor(0).Shape, context.OutputTensor(0).Shape, context.InputTensor(1).Shape);
        Kernels.Conv.Convolution.BackwardFilter(geometry, context.Input<T>(0), context.Input<T>(1), context.Output<T>(0));
    }
}
