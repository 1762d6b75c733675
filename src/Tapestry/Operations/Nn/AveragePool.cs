using System.Numerics;
using Tapestry.Kernels.Pooling;

namespace Tapestry;

/// <summary>The mean of every window, channel by channel; padding does not count. Source: <c>tf.nn.avg_pool</c>.</summary>
/// <param name="Size">The elements of a window, per spatial dimension.</param>
/// <param name="Window">How it slides.</param>
public sealed record AveragePoolOp(ValueList<int> Size, Window Window) : Op
{
    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context) => context.Return(PoolShapes.Output(this, context, 0, Size, Window), context.DType(0));

    /// <inheritdoc/>
    public override void Gradient(GradientContext context) => context.Return(0, new AveragePoolGradientOp(Size, Window).Apply(context.Upstream(0), context.Input(0)));

    internal override TensorSpec[]? Rehearsal(ReadOnlySpan<Tensor> inputs) => Tapestry.Rehearsal.Rows(inputs, most: 1);

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        if (context.InputTensor(0).DType == DType.Float32) Run<float>(context);
        else Run<double>(context);
    }

    void Run<T>(in KernelContext context)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Pooling.AverageForward(PoolShapes.Geometry(Size, Window, context.InputTensor(0).Shape, context.OutputTensor(0).Shape), context.Input<T>(0), context.Output<T>(0));
}

/// <summary>The gradient of <see cref="AveragePoolOp"/> from that of its output; the second input is the pooling's own, and only its shape matters.</summary>
/// <param name="Size">The elements of a window, per spatial dimension.</param>
/// <param name="Window">How it slides.</param>
public sealed record AveragePoolGradientOp(ValueList<int> Size, Window Window) : Op
{
    /// <inheritdoc/>
    public override bool ReadsValue(int input) => input == 0;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        var output = PoolShapes.Output(this, context, 1, Size, Window);
        if (!output.IsCompatibleWith(context.Shape(0))) throw Refuse("the gradient does not have the shape of the output", context, $"a gradient of shape {output}");
        context.Return(context.Shape(1), context.DType(0));
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        if (context.Needs(0)) context.Return(0, new AveragePoolOp(Size, Window).Apply(context.Upstream(0)));
    }

    internal override TensorSpec[]? Rehearsal(ReadOnlySpan<Tensor> inputs) => Tapestry.Rehearsal.Rows(inputs, most: 1);

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        if (context.InputTensor(0).DType == DType.Float32) Run<float>(context);
        else Run<double>(context);
    }

    void Run<T>(in KernelContext context)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Pooling.AverageBackward(PoolShapes.Geometry(Size, Window, context.OutputTensor(0).Shape, context.InputTensor(0).Shape), context.Input<T>(0), context.Output<T>(0));
}
