namespace Tapestry;

/// <summary>Neighbouring dimensions taken as one, whose length is their product; none taken are one of length 1.</summary>
/// <param name="First">The first of them.</param>
/// <param name="Count">How many.</param>
sealed record MergeDimensionsOp(int First, int Count) : Op
{
    public override bool IsView => true;

    public override bool SavesInput(int input) => false;

    public override bool SavesOutput(int output) => false;

    public override void Infer(ref InferContext context)
    {
        var shape = context.Shape(0);
        context.Return(new Shape([.. shape.Dimensions[..First], shape[First..(First + Count)].Size, .. shape.Dimensions[(First + Count)..]]), context.DType(0));
    }

    public override void Gradient(GradientContext context) => context.Return(0, Ops.ReshapeLike(context.Upstream(0), context.Input(0)));

    public override void Run(in KernelContext context) => context.InputTensor(0).CopyTo(context.OutputTensor(0));
}
