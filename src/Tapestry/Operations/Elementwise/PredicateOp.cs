using Tapestry.Kernels.Codegen;
using Tapestry.Kernels.Loops;

namespace Tapestry;

/// <summary>An operation that asks a question about each element; the answers are a bool tensor.</summary>
/// <typeparam name="TBody">The question, written once for every vector width: gives a mask.</typeparam>
public abstract record PredicateOp<TBody> : Op
    where TBody : struct, IUnaryBody
{
    /// <inheritdoc/>
    public sealed override void Infer(ref InferContext context)
    {
        if (!context.DType(0).IsFloating) throw Refuse($"{context.DType(0)} has no {Name}", context, "floating point", "Convert with Ops.Cast.");
        context.Return(context.Shape(0), DType.Bool);
    }

    /// <inheritdoc/>
    public sealed override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public sealed override bool SavesOutput(int output) => false;

    internal sealed override bool IsCheap => true;

    internal sealed override bool IsElementwise(ReadOnlySpan<Tensor> inputs) => FusableLanes.Of(inputs[0].DType) is not null;

    internal sealed override Recorder Record(ReadOnlySpan<Recorder> inputs, ReadOnlySpan<Tensor> types) => default(TBody).Invoke(inputs[0]);

    /// <inheritdoc/>
    public sealed override void Run(in KernelContext context)
    {
        switch (context.InputTensor(0).DType.Code)
        {
            case DTypeCode.Float32: Run<float>(context); break;
            case DTypeCode.Float64: Run<double>(context); break;
            case DTypeCode.Float16: Run<Half>(context); break;
            case DTypeCode.BFloat16: Run<BFloat16>(context); break;
        }
    }

    static void Run<T>(in KernelContext context)
        where T : unmanaged => PredicateLoop.Run(default(TBody), context.Input<T>(0), context.Output<byte>(0));
}
