using System.Numerics;

namespace Tapestry;

/// <summary>x − ln Σ exp(x) along the last axis. Source: <c>tf.nn.log_softmax</c>.</summary>
public sealed record LogSoftmaxOp : Op
{
    internal static readonly LogSoftmaxOp Instance = new();

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool CanOverwrite(int input) => true;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        SoftmaxOp.RefuseRows(this, context, 0);
        context.Return(context.Shape(0), context.DType(0));
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context) => context.Return(0, LogSoftmaxGradientOp.Instance.Apply(context.Output(0), context.Upstream(0)));

    internal override TensorSpec[]? Rehearsal(ReadOnlySpan<Tensor> inputs) => Tapestry.Rehearsal.Rows(inputs, most: 4);

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        if (context.InputTensor(0).DType == DType.Float32) Run<float>(context);
        else Run<double>(context);
    }

    static void Run<T>(in KernelContext context)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => SoftmaxKernel.LogSoftmax(context.Input<T>(0), context.Output<T>(0), context.OutputTensor(0).Shape[^1]);
}

/// <summary>The gradient of <see cref="LogSoftmaxOp"/> from its output y and the gradient g of that: g − exp(y) · Σ g.</summary>
public sealed record LogSoftmaxGradientOp : Op
{
    internal static readonly LogSoftmaxGradientOp Instance = new();

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        SoftmaxOp.RefuseRows(this, context, 0);
        if (context.DType(0) != context.DType(1) || !context.Shape(0).IsCompatibleWith(context.Shape(1))) throw Refuse("the inputs differ", context, "equal shapes and dtypes");
        context.Return(context.Shape(0), context.DType(0));
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        var (y, g, upstream) = (context.Input(0), context.Input(1), context.Upstream(0));
        var weighted = upstream * Ops.Exp(y);
        if (context.Needs(0)) context.Return(0, -weighted * Ops.Sum(g, -1, keepdims: true));
        if (context.Needs(1)) context.Return(1, upstream - Ops.Sum(weighted, -1, keepdims: true));
    }

    internal override TensorSpec[]? Rehearsal(ReadOnlySpan<Tensor> inputs) => Tapestry.Rehearsal.Rows(inputs, most: 4);

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        if (context.InputTensor(0).DType == DType.Float32) Run<float>(context);
        else Run<double>(context);
    }

    static void Run<T>(in KernelContext context)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => SoftmaxKernel.LogSoftmaxGradient(context.Input<T>(0), context.Input<T>(1), context.Output<T>(0), context.OutputTensor(0).Shape[^1]);
}

/// <summary>Offers <see cref="LogSoftmaxOp"/> to users.</summary>
public static class LogSoftmaxEntry
{
    extension(Ops)
    {
        /// <summary>x − ln Σ exp(x): the logarithm of softmax, precise where that is near 0. Source: <c>keras.ops.log_softmax</c>.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="axis">The axis of the sum; null for all of them.</param>
        /// <exception cref="TapestryException">There is no such axis.</exception>
        public static Tensor LogSoftmax(Tensor x, int? axis = -1) => RowAxis.Apply("LogSoftmax", x, axis, LogSoftmaxOp.Instance);

        /// <summary>x − ln Σ exp(x), where the sum is over several axes. Source: <c>keras.ops.log_softmax</c>.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="axes">The axes of the sum.</param>
        /// <exception cref="TapestryException">There is no such axis.</exception>
        public static Tensor LogSoftmax(Tensor x, ReadOnlySpan<int> axes) => RowAxis.Apply("LogSoftmax", x, axes, LogSoftmaxOp.Instance);
    }
}
