namespace Tapestry;

/// <summary>
/// A transposed convolution: the gradient of a convolution with respect to its input, used forward. The filter is
/// [spatial…, output channels, input channels]. Source: <c>tf.nn.conv_transpose</c>, <c>keras.ops.conv_transpose</c>.
/// </summary>
/// <param name="Window">How the filter of the convolution that this one reverses slides.</param>
/// <param name="OutputPadding">How much longer than the shortest possible the output is, per dimension; empty for Keras' default.</param>
/// <param name="OutputSizes">The spatial dimensions of the output; empty where they follow from the rule of Keras.</param>
public sealed record ConvolutionTransposeOp(Window Window, ValueList<int> OutputPadding, ValueList<int> OutputSizes) : Op
{
    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        var (x, filter) = (context.Shape(0), context.Shape(1));
        ConvolutionOp.RefuseDTypes(this, context, 2);
        if (x.Rank != Window.Rank + 2 || filter.Rank != x.Rank) throw Refuse($"{Window.Rank} spatial dimensions do not fit", context, "an input [batch, spatial…, channels] and a filter [spatial…, output channels, input channels]");
        if (OutputPadding.Count != 0 && OutputPadding.Count != Window.Rank) throw Refuse($"{OutputPadding.Count} output paddings for {Window.Rank} spatial dimensions", context, "one output padding for each");
        if (OutputSizes.Count != 0 && OutputSizes.Count != Window.Rank) throw Refuse($"{OutputSizes.Count} output sizes for {Window.Rank} spatial dimensions", context, "one output size for each");
        var (channels, depth) = (x[^1], filter[^1]);
        if (channels != depth && channels != Shape.Unknown && depth != Shape.Unknown) throw Refuse($"{channels} input channels, but a filter for {depth}", context, "input.shape[-1] == filter.shape[-1]");
        var output = Output(x, filter);
        if (ConvShapes.Fault(Window, output, filter) is var (fault, expected)) throw Refuse(fault, context, expected);
        var back = ConvShapes.Output(Window, output, filter);
        if (!back[1..^1].IsCompatibleWith(x[1..^1])) throw Refuse($"a convolution of the output {output} would not give the input back, but {back}", context, "an output padding smaller than the stride");
        context.Return(output, context.DType(0));
    }

    Shape Output(Shape x, Shape filter)
    {
        Span<int> dimensions = stackalloc int[x.Rank];
        dimensions[0] = x[0];
        dimensions[^1] = filter[^2];
        for (var i = 0; i < Window.Rank; i++) dimensions[i + 1] = OutputSizes.Count > 0 ? OutputSizes[i] : Length(i, x[i + 1], filter[i]);
        return new Shape(dimensions);
    }

    /// <summary>The rule of Keras' TensorFlow backend.</summary>
    int Length(int axis, int input, int taps)
    {
        if (input == Shape.Unknown || taps == Shape.Unknown) return Shape.Unknown;
        var (extent, stride) = ((taps - 1) * Window.Dilations[axis] + 1, Window.Strides[axis]);
        var length = Window.Padding switch
        {
            PaddingMode.Same => OutputPadding.Count == 0 ? input * stride : (input - 1) * stride + extent % 2 + OutputPadding[axis],
            PaddingMode.Valid => (input - 1) * stride + extent + (OutputPadding.Count == 0 ? Math.Max(extent, stride) - extent : OutputPadding[axis]),
            _ => (input - 1) * stride + extent - Window.Before[axis] - Window.After[axis] + (OutputPadding.Count == 0 ? 0 : OutputPadding[axis]),
        };
        return Math.Max(0, length);
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        var (x, filter, upstream) = (context.Input(0), context.Input(1), context.Upstream(0));
        if (context.Needs(0)) context.Return(0, new ConvolutionOp(Window).Apply(upstream, filter));
        if (context.Needs(1)) context.Return(1, new ConvolutionFilterGradientOp(Window).Apply(upstream, x, filter));
    }

    internal override bool FinishesBlocks(ReadOnlySpan<Tensor> inputs) => true;

    /// <inheritdoc/>
    public override void Run(in KernelContext context) => ConvolutionInputGradientOp.Run(context, Window, filterFirst: false);
}
