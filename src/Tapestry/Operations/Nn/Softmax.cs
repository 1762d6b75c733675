using System.Numerics;

namespace Tapestry;

/// <summary>exp(x) / Σ exp(x) along the last axis. Source: <c>tf.nn.softmax</c>.</summary>
public sealed record SoftmaxOp : Op
{
    internal static readonly SoftmaxOp Instance = new();

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool CanOverwrite(int input) => true;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        RefuseRows(this, context, 0);
        context.Return(context.Shape(0), context.DType(0));
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context) => context.Return(0, SoftmaxGradientOp.Instance.Apply(context.Output(0), context.Upstream(0)));

    internal override TensorSpec[]? Rehearsal(ReadOnlySpan<Tensor> inputs) => Tapestry.Rehearsal.Rows(inputs, most: 4);

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        if (context.InputTensor(0).DType == DType.Float32) Run<float>(context);
        else Run<double>(context);
    }

    static void Run<T>(in KernelContext context)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => SoftmaxKernel.Softmax(context.Input<T>(0), context.Output<T>(0), context.OutputTensor(0).Shape[^1]);

    /// <summary>Refuses inputs that are not rows of float32 or float64.</summary>
    internal static void RefuseRows(Op op, in InferContext context, int input)
    {
        var dtype = context.DType(input);
        if (dtype != DType.Float32 && dtype != DType.Float64) throw new TapestryException(op.Name, $"{dtype} has no kernel of its own", context.Describe(), "float32 or float64", "Convert with Ops.Cast.");
        if (context.Shape(input).Rank == 0) throw new TapestryException(op.Name, "a scalar has no axis", context.Describe(), "at least one dimension");
    }
}

/// <summary>The gradient of <see cref="SoftmaxOp"/> from its output y and the gradient g of that: y · (g − Σ g·y).</summary>
public sealed record SoftmaxGradientOp : Op
{
    internal static readonly SoftmaxGradientOp Instance = new();

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
        if (context.Needs(0)) context.Return(0, upstream * (g - Ops.Sum(g * y, -1, keepdims: true)) - g * Ops.Sum(upstream * y, -1, keepdims: true));
        if (context.Needs(1)) context.Return(1, Instance.Apply(y, upstream));
    }

    internal override TensorSpec[]? Rehearsal(ReadOnlySpan<Tensor> inputs) => Tapestry.Rehearsal.Rows(inputs, most: 4);

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        if (context.InputTensor(0).DType == DType.Float32) Run<float>(context);
        else Run<double>(context);
    }

    static void Run<T>(in KernelContext context)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => SoftmaxKernel.SoftmaxGradient(context.Input<T>(0), context.Input<T>(1), context.Output<T>(0), context.OutputTensor(0).Shape[^1]);
}

/// <summary>Offers <see cref="SoftmaxOp"/> to users.</summary>
public static class SoftmaxEntry
{
    extension(Ops)
    {
        /// <summary>exp(x) / Σ exp(x): positive numbers with the sum 1 along an axis. Source: <c>keras.ops.softmax</c>.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="axis">The axis of the sum; null for all of them.</param>
        /// <exception cref="TapestryException">There is no such axis.</exception>
        public static Tensor Softmax(Tensor x, int? axis = -1) => RowAxis.Apply("Softmax", x, axis, SoftmaxOp.Instance);

        /// <summary>exp(x) / Σ exp(x), where the sum is over several axes. Source: <c>keras.ops.softmax</c>.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="axes">The axes of the sum.</param>
        /// <exception cref="TapestryException">There is no such axis.</exception>
        public static Tensor Softmax(Tensor x, ReadOnlySpan<int> axes) => RowAxis.Apply("Softmax", x, axes, SoftmaxOp.Instance);
    }
}
