using Tapestry.Kernels.Codegen;

namespace Tapestry;

/// <summary>A tensor stretched to a shape. Source: <c>tf.broadcast_to</c>.</summary>
/// <param name="Shape">The shape of the result.</param>
public sealed record BroadcastToOp(Shape Shape) : Op
{
    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        if (Broadcasting.Common(context.Shape(0), Shape) is not { } common || !common.IsCompatibleWith(Shape)) throw Refuse($"the shape does not stretch to {Shape}", context, "dimensions that are equal or 1, counted from the end");
        context.Return(Shape, context.DType(0));
    }

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override Tensor? Simplify(ReadOnlySpan<Tensor> inputs) => inputs[0].Shape == Shape ? inputs[0] : null;

    /// <inheritdoc/>
    public override void Gradient(GradientContext context) => context.Return(0, Broadcasting.SumBack(context.Upstream(0), context.Input(0)));

    internal override bool IsCheap => true;

    internal override TermForm Term => TermForm.Stretch;

    internal override bool IsElementwise(ReadOnlySpan<Tensor> inputs) => FusableLanes.Of(inputs[0].DType) is not null || inputs[0].DType == DType.Bool;

    internal override Recorder Record(ReadOnlySpan<Recorder> inputs, ReadOnlySpan<Tensor> types) => inputs[0];

    /// <inheritdoc/>
    public override void Run(in KernelContext context) => BroadcastKernel.Stretch(context.InputTensor(0), context.OutputTensor(0));
}

/// <summary>A tensor stretched to the shape of another, which may be unknown while tracing.</summary>
public sealed record BroadcastLikeOp : Op
{
    internal static readonly BroadcastLikeOp Instance = new();

    /// <inheritdoc/>
    public override bool ReadsValue(int input) => input == 0;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        if (Broadcasting.Common(context.Shape(0), context.Shape(1)) is not { } common || !common.IsCompatibleWith(context.Shape(1))) throw Refuse("the first shape does not stretch to the second", context, "dimensions that are equal or 1, counted from the end");
        context.Return(context.Shape(1), context.DType(0));
    }

    /// <inheritdoc/>
    public override Tensor? Simplify(ReadOnlySpan<Tensor> inputs) => inputs[0].Shape == inputs[1].Shape && inputs[0].Shape.IsFullyKnown ? inputs[0] : null;

    /// <inheritdoc/>
    public override void Gradient(GradientContext context) => context.Return(0, Broadcasting.SumBack(context.Upstream(0), context.Input(0)));

    internal override bool IsCheap => true;

    internal override TermForm Term => TermForm.Stretch;

    internal override bool IsElementwise(ReadOnlySpan<Tensor> inputs) => FusableLanes.Of(inputs[0].DType) is not null || inputs[0].DType == DType.Bool;

    internal override Recorder Record(ReadOnlySpan<Recorder> inputs, ReadOnlySpan<Tensor> types) => inputs[0];

    /// <inheritdoc/>
    public override void Run(in KernelContext context) => BroadcastKernel.Stretch(context.InputTensor(0), context.OutputTensor(0));
}

/// <summary>Offers <see cref="BroadcastToOp"/> to users.</summary>
public static class BroadcastToEntry
{
    extension(Ops)
    {
        /// <summary>The tensor stretched to a shape: dimensions of 1 are repeated, missing ones added in front.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="shape">The shape of the result.</param>
        /// <exception cref="TapestryException">The shape does not stretch to that.</exception>
        public static Tensor BroadcastTo(Tensor x, Shape shape) => x.Shape == shape && shape.IsFullyKnown ? x : new BroadcastToOp(shape).Apply(Promotion.To(x, x.DType));

        /// <summary>The tensor stretched to the shape of another.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="like">The tensor whose shape is taken; its values do not matter.</param>
        public static Tensor BroadcastLike(Tensor x, Tensor like) => like.Shape.IsFullyKnown ? Ops.BroadcastTo(x, like.Shape) : BroadcastLikeOp.Instance.Apply(x, like);
    }
}
