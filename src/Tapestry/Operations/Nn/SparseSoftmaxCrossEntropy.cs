using System.Numerics;

namespace Tapestry;

/// <summary>
/// −ln softmax(logits)[label] along the last axis of the first input; the second holds integers of its remaining shape.
/// Source: <c>tf.nn.sparse_softmax_cross_entropy_with_logits</c>.
/// </summary>
public sealed record SparseSoftmaxCrossEntropyOp : Op
{
    internal static readonly SparseSoftmaxCrossEntropyOp Instance = new();

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        RefuseLabels(this, context);
        context.Return(context.Shape(1), context.DType(0));
    }

    /// <summary>Refuses labels that do not fit the logits.</summary>
    internal static void RefuseLabels(Op op, in InferContext context)
    {
        SoftmaxOp.RefuseRows(op, context, 0);
        if (context.DType(1) != DType.Int32 && context.DType(1) != DType.Int64) throw new TapestryException(op.Name, $"labels of {context.DType(1)}", context.Describe(), "int32 or int64 labels", "Convert with Ops.Cast.");
        if (!context.Shape(0)[..^1].IsCompatibleWith(context.Shape(1))) throw new TapestryException(op.Name, "the labels do not have the shape of the logits without the last axis", context.Describe(), $"labels of shape {context.Shape(0)[..^1]}");
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        if (context.Needs(0)) context.Return(0, SparseSoftmaxCrossEntropyGradientOp.Instance.Apply(context.Input(0), context.Input(1), context.Upstream(0)));
    }

    internal override TensorSpec[]? Rehearsal(ReadOnlySpan<Tensor> inputs) => Tapestry.Rehearsal.Rows(inputs, most: 4);

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        switch (context.InputTensor(0).DType == DType.Float32, context.InputTensor(1).DType == DType.Int32)
        {
            case (true, true): Run<float, int>(context); break;
            case (true, false): Run<float, long>(context); break;
            case (false, true): Run<double, int>(context); break;
            case (false, false): Run<double, long>(context); break;
        }
    }

    void Run<T, TLabel>(in KernelContext context)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLabel : unmanaged, IBinaryInteger<TLabel>
    {
        var count = context.InputTensor(0).Shape[^1];
        RefuseValues(this, context.Input<TLabel>(1), count);
        SoftmaxKernel.SparseCrossEntropy(context.Input<T>(0), context.Input<TLabel>(1), context.Output<T>(0), count);
    }

    /// <summary>A label outside the classes is a mistake in the data, which nobody would find in a loss of NaN.</summary>
    internal static void RefuseValues<TLabel>(Op op, ReadOnlySpan<TLabel> labels, int classes)
        where TLabel : unmanaged, IBinaryInteger<TLabel>
    {
        for (var i = 0; i < labels.Length; i++)
        {
            var label = long.CreateTruncating(labels[i]);
            if ((ulong)label < (ulong)classes) continue;
            throw new TapestryException(op.Name, $"the label at position {i} is outside the classes", $"{label}", $"0 ≤ label < {classes}, the last dimension of the logits", "Check the labels, or give the model more outputs.");
        }
    }
}

/// <summary>The gradient of <see cref="SparseSoftmaxCrossEntropyOp"/>: (softmax(logits) − one-hot(label)) · g, from logits, labels and g.</summary>
public sealed record SparseSoftmaxCrossEntropyGradientOp : Op
{
    internal static readonly SparseSoftmaxCrossEntropyGradientOp Instance = new();

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        SparseSoftmaxCrossEntropyOp.RefuseLabels(this, context);
        if (context.DType(2) != context.DType(0) || !context.Shape(2).IsCompatibleWith(context.Shape(1))) throw Refuse("the gradient does not fit", context, "a gradient of the shape of the labels and the dtype of the logits");
        context.Return(context.Shape(0), context.DType(0));
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        var (logits, labels, g, upstream) = (context.Input(0), context.Input(1), context.Input(2), context.Upstream(0));
        if (context.Needs(0)) context.Return(0, Ops.ExpandDims(g, -1) * SoftmaxGradientOp.Instance.Apply(SoftmaxOp.Instance.Apply(logits), upstream));
        if (context.Needs(2)) context.Return(2, Ops.Squeeze(Ops.Sum(upstream * Instance.Apply(logits, labels, Ops.OnesLike(g)), -1, keepdims: true), -1));
    }

    internal override TensorSpec[]? Rehearsal(ReadOnlySpan<Tensor> inputs) => Tapestry.Rehearsal.Rows(inputs, most: 4);

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        switch (context.InputTensor(0).DType == DType.Float32, context.InputTensor(1).DType == DType.Int32)
        {
            case (true, true): Run<float, int>(context); break;
            case (true, false): Run<float, long>(context); break;
            case (false, true): Run<double, int>(context); break;
            case (false, false): Run<double, long>(context); break;
        }
    }

    void Run<T, TLabel>(in KernelContext context)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLabel : unmanaged, IBinaryInteger<TLabel>
    {
        var count = context.InputTensor(0).Shape[^1];
        SparseSoftmaxCrossEntropyOp.RefuseValues(this, context.Input<TLabel>(1), count);
        SoftmaxKernel.SparseCrossEntropyGradient(context.Input<T>(0), context.Input<TLabel>(1), context.Input<T>(2), context.Output<T>(0), count);
    }
}

/// <summary>Offers <see cref="SparseSoftmaxCrossEntropyOp"/> to users.</summary>
public static class SparseSoftmaxCrossEntropyEntry
{
    extension(Ops)
    {
        /// <summary>−ln softmax(logits)[label]: the cross entropy of class numbers. Source: <c>tf.nn.sparse_softmax_cross_entropy_with_logits</c>.</summary>
        /// <param name="labels">Integers from 0 to below the number of classes, of the shape of the logits without the last axis.</param>
        /// <param name="logits">Unscaled logarithms of probabilities [batch, …, classes].</param>
        /// <returns>One number per label.</returns>
        /// <exception cref="TapestryException">The shapes do not fit, or a label is outside the classes.</exception>
        public static Tensor SparseSoftmaxCrossEntropyWithLogits(Tensor labels, Tensor logits)
        {
            ArgumentNullException.ThrowIfNull(labels);
            ArgumentNullException.ThrowIfNull(logits);
            if (!labels.DType.IsInteger) throw new TapestryException("SparseSoftmaxCrossEntropy", $"labels of {labels.DType}", labels.Spec.ToString(), "integer labels", "Convert with Ops.Cast.");
            logits = Promotion.Floating(logits);
            if (labels.DType != DType.Int32 && labels.DType != DType.Int64) labels = Ops.Cast(labels, labels.DType.Size < 4 ? DType.Int32 : DType.Int64);
            return SinglePrecision.Narrow(SparseSoftmaxCrossEntropyOp.Instance.Apply(SinglePrecision.Widen(logits), labels), logits.DType);
        }
    }
}
