using System.Numerics;
using Tapestry.Kernels.Codegen;
using Tapestry.Kernels.Loops;

namespace Tapestry;

/// <summary>An operation that computes each element of its result from one element of each of two tensors, with broadcasting.</summary>
/// <typeparam name="TBody">The function of two elements, written once for every vector width and dtype.</typeparam>
public abstract record BinaryOp<TBody> : Op
    where TBody : struct, IBinaryBody
{
    /// <summary>The dtypes for which the function makes sense.</summary>
    protected virtual DTypes Accepted => DTypes.Numeric;

    /// <summary>The function with the attributes of this operation.</summary>
    protected virtual TBody Body => default;

    /// <inheritdoc/>
    public sealed override void Infer(ref InferContext context)
    {
        var dtype = context.DType(0);
        if (!ReferenceEquals(dtype, context.DType(1))) throw Refuse("the dtypes differ", context, "equal dtypes", "Convert with Ops.Cast.");
        if (!Accepted.Contains(dtype)) throw Refuse($"{dtype} has no {Name}", context, Accepted.ToString(), "Convert with Ops.Cast.");
        var shape = Broadcasting.Common(context.Shape(0), context.Shape(1)) ?? throw Refuse("the shapes do not broadcast", context, "dimensions that are equal or 1, counted from the end", "Insert dimensions of 1 with Ops.ExpandDims, or Ops.Reshape.");
        context.Return(shape, dtype);
    }

    /// <inheritdoc/>
    public sealed override void Gradient(GradientContext context)
    {
        var (x, y, z, upstream) = (context.Input(0), context.Input(1), context.Output(0), context.Upstream(0));
        if (context.Needs(0) && GradientLeft(x, y, z, upstream) is { } left) context.Return(0, Broadcasting.SumBack(left, x));
        if (context.Needs(1) && GradientRight(x, y, z, upstream) is { } right) context.Return(1, Broadcasting.SumBack(right, y));
    }

    /// <summary>The gradient of the first input, before broadcasting is undone; null when there is none.</summary>
    protected abstract Tensor? GradientLeft(Tensor x, Tensor y, Tensor z, Tensor upstream);

    /// <summary>The gradient of the second input, before broadcasting is undone; null when there is none.</summary>
    protected abstract Tensor? GradientRight(Tensor x, Tensor y, Tensor z, Tensor upstream);

    /// <inheritdoc/>
    public sealed override bool CanOverwrite(int input) => true;

    internal sealed override bool IsCheap => true;

    internal sealed override bool IsElementwise(ReadOnlySpan<Tensor> inputs) =>
        FusableLanes.Of(inputs[0].DType) is not null || (inputs[0].DType == DType.Bool && Accepted == DTypes.Boolean);

    internal sealed override Recorder Record(ReadOnlySpan<Recorder> inputs, ReadOnlySpan<Tensor> types) => Body.Invoke(inputs[0], inputs[1]);

    internal sealed override TensorSpec[]? Rehearsal(ReadOnlySpan<Tensor> inputs) => Tapestry.Rehearsal.Rows(inputs, most: 4, broadcast: true);

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
        where T : unmanaged
    {
        var (a, b) = (context.InputTensor(0).Shape, context.InputTensor(1).Shape);
        BinaryLoop.Run(Body, context.Input<T>(0), a.Dimensions, context.Input<T>(1), b.Dimensions, context.Output<T>(0));
    }
}
