namespace Tapestry;

/// <summary>
/// The first input, but not before the second one is there, whose values are not read. What is computed from it is therefore neither merged with the same operations on the
/// first input itself nor run earlier: so values are computed again for a gradient instead of being kept.
/// </summary>
sealed record AfterOp : Op
{
    internal static readonly AfterOp Instance = new();

    public override bool IsView => true;

    public override bool ReadsValue(int input) => input == 0;

    public override bool SavesInput(int input) => false;

    public override bool SavesOutput(int output) => false;

    public override void Infer(ref InferContext context) => context.Return(context.Shape(0), context.DType(0));

    public override void Gradient(GradientContext context) => context.Return(0, context.Upstream(0));

    public override void Run(in KernelContext context) => context.InputTensor(0).CopyTo(context.OutputTensor(0));
}
