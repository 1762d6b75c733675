using System.Numerics;
using Tapestry.Kernels.Pooling;

namespace Tapestry;

/// <summary>The greatest element of every window, channel by channel. Source: <c>tf.nn.max_pool</c>.</summary>
/// <param name="Size">The elements of a window, per spatial dimension.</param>
/// <param name="Window">How it slides.</param>
public sealed record MaxPoolOp(ValueList<int> Size, Window Window) : Op
{
    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        var output = PoolShapes.Output(this, context, 0, Size, Window);
        for (var axis = 1; axis <= Window.Rank; axis++)
        {
            if (output[axis] == 0 && context.Shape(0)[axis] > 0) throw Refuse($"the window of {Size[axis - 1]} is larger than dimension {axis}", context, "a window that fits into the input", "Take a smaller window, or \"same\" padding.");
        }

        context.Return(output, context.DType(0));
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context) => context.Return(0, new MaxPoolGradientOp(Size, Window).Apply(context.Input(0), context.Upstream(0)));

    internal override TensorSpec[]? Rehearsal(ReadOnlySpan<Tensor> inputs) => Tapestry.Rehearsal.Rows(inputs, most: 1);

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        if (context.InputTensor(0).DType == DType.Float32) Run<float>(context);
        else Run<double>(context);
    }

    void Run<T>(in KernelContext context)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Pooling.MaxForward(PoolShapes.Geometry(Size, Window, context.InputTensor(0).Shape, context.OutputTensor(0).Shape), context.Input<T>(0), context.Output<T>(0));
}

/// <summary>
/// The gradient of <see cref="MaxPoolOp"/> from its input and the gradient of its output, which goes to the first greatest element of each window.
/// In three spatial dimensions each of several equal greatest elements gets the whole, as in TensorFlow.
/// </summary>
/// <param name="Size">The elements of a window, per spatial dimension.</param>
/// <param name="Window">How it slides.</param>
/// <param name="OfPositive">Whether nothing goes to elements that are not positive: then it is the gradient of a rectifier's argument, whose result was pooled.</param>
public sealed record MaxPoolGradientOp(ValueList<int> Size, Window Window, bool OfPositive = false) : Op
{
    /// <inheritdoc/>
    /// <remarks>Of windows that share nothing each is read before it is written.</remarks>
    public override bool CanOverwrite(int input) => input == 0 && Window.IsSideBySide(Size);

    /// <inheritdoc/>
    public override bool SavesInput(int input) => input == 0;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        PoolShapes.Output(this, context, 0, Size, Window);
        context.Return(context.Shape(0), context.DType(0));
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        // Which element is the greatest does not change in a small neighbourhood, so nothing flows to the first input.
        if (!context.Needs(1)) return;
        var (x, upstream) = (context.Input(0), context.Upstream(0));
        context.Return(1, new MaxPoolSelectionOp(Size, Window).Apply(x, OfPositive ? ReluOp.Slope.Apply(x, upstream) : upstream));
    }

    internal override Op? Absorb(Op next, int place, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> nextInputs) =>
        !OfPositive && place == 1 && next.Equals(ReluOp.Slope) && ReferenceEquals(nextInputs[0].Symbol, inputs[0].Symbol) ? this with { OfPositive = true } : null;

    internal override TensorSpec[]? Rehearsal(ReadOnlySpan<Tensor> inputs) => Tapestry.Rehearsal.Rows(inputs, most: 1);

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        if (context.InputTensor(0).DType == DType.Float32) Run<float>(context);
        else Run<double>(context);
    }

    void Run<T>(in KernelContext context)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var geometry = PoolShapes.Geometry(Size, Window, context.InputTensor(0).Shape, context.InputTensor(1).Shape);
        if (Window.Rank == 3) Pooling.MaxBackwardToAll(geometry, context.Input<T>(0), context.Input<T>(1), context.Output<T>(0), OfPositive);
        else Pooling.MaxBackward(geometry, context.Input<T>(0), context.Input<T>(1), context.Output<T>(0), OfPositive);
    }
}

/// <summary>
/// The elements of the second input at the places of the greatest elements of the windows of the first: the gradient of
/// <see cref="MaxPoolGradientOp"/>. Source: <c>tf.raw_ops.MaxPoolGradGrad</c>.
/// </summary>
/// <param name="Size">The elements of a window, per spatial dimension.</param>
/// <param name="Window">How it slides.</param>
public sealed record MaxPoolSelectionOp(ValueList<int> Size, Window Window) : Op
{
    /// <inheritdoc/>
    public override bool SavesInput(int input) => input == 0;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        if (!context.Shape(0).IsCompatibleWith(context.Shape(1))) throw Refuse("the shapes differ", context, "equal shapes");
        context.Return(PoolShapes.Output(this, context, 0, Size, Window), context.DType(0));
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        if (context.Needs(1)) context.Return(1, new MaxPoolGradientOp(Size, Window).Apply(context.Input(0), context.Upstream(0)));
    }

    internal override TensorSpec[]? Rehearsal(ReadOnlySpan<Tensor> inputs) => Tapestry.Rehearsal.Rows(inputs, most: 1);

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        if (context.InputTensor(0).DType == DType.Float32) Run<float>(context);
        else Run<double>(context);
    }

    void Run<T>(in KernelContext context)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var geometry = PoolShapes.Geometry(Size, Window, context.InputTensor(0).Shape, context.OutputTensor(0).Shape);
        var x = context.Input<T>(0);
        var values = context.Input<T>(1);
        var output = context.Output<T>(0);
        var at = 0;
        for (var image = 0; image < geometry.Batch; image++)
        {
            for (var d = 0; d < geometry.Output[0]; d++)
            {
                for (var h = 0; h < geometry.Output[1]; h++)
                {
                    for (var w = 0; w < geometry.Output[2]; w++)
                    {
                        for (var c = 0; c < geometry.Channels; c++, at++) output[at] = Greatest(geometry, x, image, d, h, w, c) is >= 0 and var place ? values[place] : T.Zero;
                    }
                }
            }
        }
    }

    /// <summary>The place of the first greatest element of a window; -1 for a window that lies in the padding.</summary>
    static int Greatest<T>(in PoolGeometry geometry, ReadOnlySpan<T> x, int image, int d, int h, int w, int c)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        geometry.ValidTaps(0, d, out var startD, out var firstD, out var endD);
        geometry.ValidTaps(1, h, out var startH, out var firstH, out var endH);
        geometry.ValidTaps(2, w, out var startW, out var firstW, out var endW);
        var (greatest, place) = (T.NegativeInfinity, -1);
        for (var i = firstD; i < endD; i++)
        {
            for (var j = firstH; j < endH; j++)
            {
                for (var k = firstW; k < endW; k++)
                {
                    var row = (image * geometry.Input[0] + startD + i * geometry.Dilations[0]) * geometry.Input[1] + startH + j * geometry.Dilations[1];
                    var candidate = (row * geometry.Input[2] + startW + k * geometry.Dilations[2]) * geometry.Channels + c;
                    if (place >= 0 && !(x[candidate] > greatest)) continue;
                    (greatest, place) = (x[candidate], candidate);
                }
            }
        }

        return place;
    }
}
