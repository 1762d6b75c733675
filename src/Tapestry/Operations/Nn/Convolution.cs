using System.Numerics;
using Tapestry.Kernels.Conv;
using Tapestry.Kernels.Gemm;

namespace Tapestry;

/// <summary>
/// A convolution (a cross-correlation, as everywhere in the field) of one to three spatial dimensions, channels last; groups follow from the shapes.
/// Source: <c>tf.nn.convolution</c>.
/// </summary>
/// <param name="Window">How the filter slides.</param>
public sealed record ConvolutionOp(Window Window) : Op
{
    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        RefuseDTypes(this, context, 2);
        if (ConvShapes.Fault(Window, context.Shape(0), context.Shape(1)) is var (fault, expected)) throw Refuse(fault, context, expected);
        var output = ConvShapes.Output(Window, context.Shape(0), context.Shape(1));
        for (var axis = 1; axis <= Window.Rank; axis++)
        {
            if (output[axis] == 0 && context.Shape(0)[axis] > 0) throw Refuse($"the filter of {context.Shape(1)[axis - 1]} is larger than dimension {axis}", context, "a filter that fits into the input", "Take a smaller filter, or \"same\" padding.");
        }

        context.Return(output, context.DType(0));
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        var (x, filter, g) = (context.Input(0), context.Input(1), context.Upstream(0));
        if (context.Needs(0)) context.Return(0, new ConvolutionInputGradientOp(Window).Apply(filter, g, x));
        if (context.Needs(1)) context.Return(1, new ConvolutionFilterGradientOp(Window).Apply(x, g, filter));
    }

    internal override bool FinishesBlocks(ReadOnlySpan<Tensor> inputs) => true;

    internal override TensorSpec[]? Rehearsal(ReadOnlySpan<Tensor> inputs)
    {
        if (ConvShapes.Rehearsal(Window, inputs[0].Shape, inputs[1].Shape) is not var (x, filter)) return null;
        var dtype = inputs[0].DType;
        return [new(x, dtype), new(filter, dtype)];
    }

    internal override PreparedForm? Prepared(ReadOnlySpan<Tensor> inputs)
    {
        var (x, filter) = (inputs[0], inputs[1]);
        if (x.DType != DType.Float32 || !WinogradShape.IsSuitable<float>(ConvShapes.Geometry(Window, x.Shape, filter.Shape, ConvShapes.Output(Window, x.Shape, filter.Shape)))) return null;
        var length = WinogradFilter.Length(filter.Shape[^2], filter.Shape[^1]);
        return length > int.MaxValue ? null : new PreparedForm(1, ConvolutionFilterPreparationOp.Instance, new TensorSpec([(int)length], x.DType), new PreparedConvolutionOp(Window, filter.Shape));
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
        var geometry = ConvShapes.Geometry(Window, context.InputTensor(0).Shape, context.InputTensor(1).Shape, context.OutputTensor(0).Shape);
        Convolution.Forward(geometry, context.Input<T>(0), context.Input<T>(1), context.Output<T>(0), new GemmEpilogue<T> { Finish = context.Finish });
    }

    /// <summary>Refuses inputs that are not all float32 or all float64.</summary>
    internal static void RefuseDTypes(Op op, in InferContext context, int count)
    {
        var dtype = context.DType(0);
        for (var i = 1; i < count; i++)
        {
            if (!ReferenceEquals(dtype, context.DType(i))) throw new TapestryException(op.Name, "the dtypes differ", context.Describe(), "equal dtypes", "Convert with Ops.Cast.");
        }

        if (dtype != DType.Float32 && dtype != DType.Float64) throw new TapestryException(op.Name, $"{dtype} has no kernel of its own", context.Describe(), "float32 or float64", "Convert with Ops.Cast.");
    }
}
