using System.Numerics;

namespace Tapestry;

/// <summary>−Σ label · ln softmax(logits) along the last axis, from logits and labels. Source: <c>tf.nn.softmax_cross_entropy_with_logits</c>.</summary>
public sealed record SoftmaxCrossEntropyOp : Op
{
    internal static readonly SoftmaxCrossEntropyOp Instance = new();

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        RefuseLabels(this, context);
        context.Return(context.Shape(0)[..^1], context.DType(0));
    }

    /// <summary>Refuses labels that do not fit the logits.</summary>
    internal static void RefuseLabels(Op op, in InferContext context)
    {
        SoftmaxOp.RefuseRows(op, context, 0);
        if (context.DType(1) != context.DType(0) || !context.Shape(0).IsCompatibleWith(context.Shape(1))) throw new TapestryException(op.Name, "logits and labels differ", context.Describe(), "equal shapes and dtypes");
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        var (logits, labels, upstream) = (context.Input(0), context.Input(1), context.Upstream(0));
        if (context.Needs(0)) context.Return(0, SoftmaxCrossEntropyGradientOp.Instance.Apply(logits, labels, upstream));
        if (context.Needs(1)) context.Return(1, -LogSoftmaxOp.Instance.Apply(logits) * Ops.ExpandDims(upstream, -1));
    }

    internal override TensorSpec[]? Rehearsal(ReadOnlySpan<Tensor> inputs) => Tapestry.Rehearsal.Rows(inputs, most: 4);

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        if (context.InputTensor(0).DType == DType.Float32) Run<float>(context);
        else Run<double>(context);
    }

    static void Run<T>(in KernelContext context)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => SoftmaxKernel.CrossEntropy(context.Input<T>(0), context.Input<T>(1), context.Output<T>(0), context.InputTensor(0).Shape[^1]);
}

/// <summary>
/// The gradient of <see cref="SoftmaxCrossEntropyOp"/> with respect to the logits: (softmax(logits) − labels) · g, from logits, labels and g.
/// As in TensorFlow this takes the labels of a row to sum up to 1.
/// </summary>
public sealed record SoftmaxCrossEntropyGradientOp : Op
{
    internal static readonly SoftmaxCrossEntropyGradientOp Instance = new();

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        SoftmaxCrossEntropyOp.RefuseLabels(this, context);
        if (context.DType(2) != context.DType(0) || !context.Shape(2).IsCompatibleWith(context.Shape(0)[..^1])) throw Refuse("the gradient does not fit", context, "a gradient of the shape of the logits without the last axis");
        context.Return(context.Shape(0), context.DType(0));
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        var (logits, labels, g, upstream) = (context.Input(0), context.Input(1), context.Input(2), context.Upstream(0));
        // Like TensorFlow's, this lets nothing flow to the labels: it is a gradient for labels that are given, not learnt.
        if (context.Needs(0)) context.Return(0, Ops.ExpandDims(g, -1) * SoftmaxGradientOp.Instance.Apply(SoftmaxOp.Instance.Apply(logits), upstream));
        if (context.Needs(2)) context.Return(2, Ops.Squeeze(Ops.Sum(upstream * (SoftmaxOp.Instance.Apply(logits) - labels), -1, keepdims: true), -1));
    }

    internal override TensorSpec[]? Rehearsal(ReadOnlySpan<Tensor> inputs) => Tapestry.Rehearsal.Rows(inputs, most: 4);

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        if (context.InputTensor(0).DType == DType.Float32) Run<float>(context);
        else Run<double>(context);
    }

    static void Run<T>(in KernelContext context)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        SoftmaxKernel.CrossEntropyGradient(context.Input<T>(0), context.Input<T>(1), context.Input<T>(2), context.Output<T>(0), context.InputTensor(0).Shape[^1]);
}

/// <summary>Offers <see cref="SoftmaxCrossEntropyOp"/> to users.</summary>
public static class SoftmaxCrossEntropyEntry
{
    extension(Ops)
    {
        /// <summary>−Σ label · ln softmax(logits): the cross entropy of class probabilities. Source: <c>tf.nn.softmax_cross_entropy_with_logits</c>.</summary>
        /// <param name="labels">Probabilities of the classes, of the shape of the logits, or of one that stretches to it.</param>
        /// <param name="logits">Unscaled logarithms of probabilities.</param>
        /// <param name="axis">The axis of the classes.</param>
        /// <returns>The cross entropies, without that axis.</returns>
        /// <exception cref="TapestryException">The shapes differ.</exception>
        public static Tensor SoftmaxCrossEntropyWithLogits(Tensor labels, Tensor logits, int axis = -1)
        {
            Promotion.UnifyFloating(ref labels, ref logits);
            if (Broadcasting.Common(labels.Shape, logits.Shape) is { IsFullyKnown: true } common) (labels, logits) = (Ops.BroadcastTo(labels, common), Ops.BroadcastTo(logits, common));
            if (axis != -1 && axis != logits.Rank - 1) (labels, logits) = (Ops.MoveAxis(labels, axis, -1), Ops.MoveAxis(logits, axis, -1));
            return SinglePrecision.Narrow(SoftmaxCrossEntropyOp.Instance.Apply(SinglePrecision.Widen(logits), SinglePrecision.Widen(labels)), logits.DType);
        }
    }
}
