namespace Tapestry.Keras.Training;

/// <summary>The length of the first axis as a float32 scalar, also where it is not known while tracing: the number of samples in a batch.</summary>
sealed record LeadingDimensionOp : Op
{
    internal static readonly LeadingDimensionOp Instance = new();

    public override bool ReadsValue(int input) => false;

    public override bool SavesInput(int input) => false;

    public override bool SavesOutput(int output) => false;

    public override void Infer(ref InferContext context) => context.Return(Shape.Scalar, DType.Float32);

    public override void Gradient(GradientContext context)
    {
        // Nothing here depends on the values of the input.
    }

    public override void Run(in KernelContext context) => context.Output<float>(0)[0] = context.InputSpec(0).Shape is { Rank: > 0 } shape ? shape[0] : 1;
}
