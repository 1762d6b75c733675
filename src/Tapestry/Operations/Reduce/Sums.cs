namespace Tapestry;

/// <summary>What sums and products are computed in.</summary>
static class Sums
{
    /// <summary>Bool and small integers are widened, as in keras.ops.</summary>
    internal static Tensor Summable(Tensor x)
    {
        if (x.Weakness != ScalarKind.None) return Promotion.To(x, x.DType);
        if (x.DType == DType.Bool || x.DType == DType.Int8 || x.DType == DType.Int16) return Ops.Cast(x, DType.Int32);
        return x.DType == DType.UInt8 || x.DType == DType.UInt16 ? Ops.Cast(x, DType.UInt32) : x;
    }
}

/// <summary>The number of elements of one tensor divided by that of another, as a scalar: what a mean divides by, when shapes are known.</summary>
sealed record SizeRatioOp : Op
{
    internal static readonly SizeRatioOp Instance = new();

    public override bool ReadsValue(int input) => false;

    public override bool SavesInput(int input) => false;

    public override bool SavesOutput(int output) => false;

    public override void Infer(ref InferContext context) => context.Return(Shape.Scalar, context.DType(0));

    public override void Gradient(GradientContext context)
    {
        // Sizes do not depend on values.
    }

    public override void Run(in KernelContext context) =>
        TensorFactory.Write(context.OutputTensor(0), (double)context.InputSpec(0).Shape.Size / Math.Max(1, context.InputSpec(1).Shape.Size));
}
