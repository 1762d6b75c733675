namespace Tapestry;

/// <summary>
/// The tensor itself, as a constant for tapes. It stays in the graphs of compiled functions, which are differentiated after their passes; a view costs nothing.
/// Source: <c>tf.stop_gradient</c>.
/// </summary>
public sealed record StopGradientOp : Op
{
    internal static readonly StopGradientOp Instance = new();

    /// <inheritdoc/>
    public override bool IsView => true;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context) => context.Return(context.Shape(0), context.DType(0));

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        // Nothing flows back: that is the point.
    }

    /// <inheritdoc/>
    public override void Run(in KernelContext context) => context.InputTensor(0).CopyTo(context.OutputTensor(0));
}

/// <summary>Offers <see cref="StopGradientOp"/> to users.</summary>
public static class StopGradientEntry
{
    extension(Ops)
    {
        /// <summary>The same values, through which no gradient flows.</summary>
        /// <param name="x">A tensor.</param>
        public static Tensor StopGradient(Tensor x) => StopGradientOp.Instance.Apply(Promotion.To(x, x.DType));
    }
}
