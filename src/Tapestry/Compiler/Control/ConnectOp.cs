namespace Tapestry.Compiler;

/// <summary>The first input as it is, connected with the others on which it could have depended: their gradient is zero.</summary>
sealed record ConnectOp : Op
{
    internal static readonly ConnectOp Instance = new();

    public override bool IsView => true;

    public override bool ReadsValue(int input) => input == 0;

    public override bool SavesInput(int input) => false;

    public override bool SavesOutput(int output) => false;

    public override void Infer(ref InferContext context) => context.Return(context.Shape(0), context.DType(0));

    public override void Gradient(GradientContext context)
    {
        if (context.Needs(0)) context.Return(0, context.Upstream(0));
        for (var i = 1; i < context.InputCount; i++)
        {
            if (context.Needs(i)) context.Return(i, Ops.ZerosLike(context.Input(i)));
        }
    }

    public override void Run(in KernelContext context) => throw new CompilerException("A view is not run.");
}
