namespace Tapestry.Compiler;

/// <summary>
/// What a variable holds that a loop assigned: the first input. As in a program that is not traced, no gradient flows through the assignment,
/// and the gradient of a reading is one of the variable, whose reading before the loop is the second input.
/// </summary>
sealed record ReadingOp : Op
{
    internal static readonly ReadingOp Instance = new();

    public override bool IsView => true;

    public override bool ReadsValue(int input) => input == 0;

    public override bool SavesInput(int input) => false;

    public override bool SavesOutput(int output) => false;

    public override void Infer(ref InferContext context) => context.Return(context.Shape(0), context.DType(0));

    public override void Gradient(GradientContext context)
    {
        if (context.Needs(1)) context.Return(1, context.Upstream(0));
    }

    public override void Run(in KernelContext context) => throw new CompilerException("A view is not run.");
}
