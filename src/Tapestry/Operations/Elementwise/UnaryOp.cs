using System.Numerics;
using Tapestry.Kernels.Codegen;
using Tapestry.Kernels.Loops;

namespace Tapestry;

/// <summary>An operation that computes each element of its result from the same element of one tensor.</summary>
/// <typeparam name="TBody">The function of one element, written once for every vector width and dtype.</typeparam>
public abstract record UnaryOp<TBody> : Op
    where TBody : struct, IUnaryBody
{
    /// <summary>The dtypes for which the function makes sense.</summary>
    protected virtual DTypes Accepted => DTypes.Floating | DTypes.Complex;

    /// <summary>The function with the attributes of this operation.</summary>
    protected virtual TBody Body => default;

    /// <inheritdoc/>
    public sealed override void Infer(ref InferContext context)
    {
        if (!Accepted.Contains(context.DType(0))) throw Refuse($"{context.DType(0)} has no {Name}", context, Accepted.ToString(), "Convert with Ops.Cast.");
        context.Return(context.Shape(0), context.DType(0));
    }

    /// <inheritdoc/>
    public sealed override void Gradient(GradientContext context)
    {
        if (Gradient(context.Input(0), context.Output(0), context.Upstream(0)) is { } gradient) context.Return(0, gradient);
    }

    /// <summary>The gradient of the input; null when there is none.</summary>
    /// <param name="x">The input.</param>
    /// <param name="y">The output.</param>
    /// <param name="upstream">The gradient of the output.</param>
    protected abstract Tensor? Gradient(Tensor x, Tensor y, Tensor upstream);

    /// <inheritdoc/>
    public sealed override bool CanOverwrite(int input) => true;

    internal sealed override bool IsCheap => true;

    internal sealed override bool IsElementwise(ReadOnlySpan<Tensor> inputs) => FusableLanes.Of(inputs[0].DType) is not null;

    internal sealed override Recorder Record(ReadOnlySpan<Recorder> inputs, ReadOnlySpan<Tensor> types) => Body.Invoke(inputs[0]);

    /// <inheritdoc/>
    public sealed override void Run(in KernelContext context)
    {
        switch (context.InputTensor(0).DType.Code)
        {
            case DTypeCode.Float32: Run<float>(context); break;
            case DTypeCode.Float64: Run<double>(context); break;
            case DTypeCode.Float16: Run<Half>(context); break;
            case DTypeCode.BFloat16: Run<BFloat16>(context); break;
            case DTypeCode.Int8: Run<sbyte>(context); break;
            case DTypeCode.Int16: Run<short>(context); break;
            case DTypeCode.Int32: Run<int>(context); break;
            case DTypeCode.Int64: Run<long>(context); break;
            case DTypeCode.UInt8 or DTypeCode.Bool: Run<byte>(context); break;
            case DTypeCode.UInt16: Run<ushort>(context); break;
            case DTypeCode.UInt32: Run<uint>(context); break;
            case DTypeCode.UInt64: Run<ulong>(context); break;
            case DTypeCode.Complex64: Run<Complex64>(context); break;
            case DTypeCode.Complex128: Run<Complex>(context); break;
        }
    }

    void Run<T>(in KernelContext context)
        where T : unmanaged => UnaryLoop.Run(Body, context.Input<T>(0), context.Output<T>(0));
}
