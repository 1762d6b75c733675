namespace Tapestry;

/// <summary>The tensor itself, as a value of its own. Source: <c>tf.identity</c>.</summary>
public sealed record IdentityOp : Op
{
    internal static readonly IdentityOp Instance = new();

    /// <inheritdoc/>
    public override bool IsView => true;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context) => context.Return(context.Shape(0), context.DType(0));

    /// <inheritdoc/>
    public override Tensor? Simplify(ReadOnlySpan<Tensor> inputs) => inputs[0];

    /// <inheritdoc/>
    public override void Gradient(GradientContext context) => context.Return(0, context.Upstream(0));

    /// <inheritdoc/>
    public override void Run(in KernelContext context) => context.InputTensor(0).CopyTo(context.OutputTensor(0));
}

/// <summary>Offers <see cref="IdentityOp"/> to users.</summary>
public static class IdentityEntry
{
    extension(Ops)
    {
        /// <summary>The tensor itself, as a value of its own: a tape tells the two apart.</summary>
        /// <param name="x">A tensor.</param>
        public static Tensor Identity(Tensor x) => IdentityOp.Instance.Apply(Promotion.To(x, x.DType));
    }
}
