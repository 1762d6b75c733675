using System.Numerics;
using Tapestry.Kernels.Codegen;
using Tapestry.Kernels.Loops;

namespace Tapestry;

/// <summary>An operation that asks a question about one element of each of two tensors, with broadcasting; the answers are a bool tensor.</summary>
/// <typeparam name="TBody">The question, written once for every vector width and dtype: gives a mask.</typeparam>
public abstract record ComparisonOp<TBody> : Op
    where TBody : struct, IBinaryBody
{
    /// <summary>The dtypes that can be asked.</summary>
    protected virtual DTypes Accepted => DTypes.Real;

    /// <inheritdoc/>
    public sealed override void Infer(ref InferContext context)
    {
        var dtype = context.DType(0);
        if (!ReferenceEquals(dtype, context.DType(1))) throw Refuse("the dtypes differ", context, "equal dtypes", "Convert with Ops.Cast.");
        if (!Accepted.Contains(dtype)) throw Refuse($"{dtype} has no {Name}", context, Accepted.ToString(), "Convert with Ops.Cast.");
        var shape = Broadcasting.Common(context.Shape(0), context.Shape(1)) ?? throw Refuse("the shapes do not broadcast", context, "dimensions that are equal or 1, counted from the end", "Insert dimensions of 1 with Ops.ExpandDims, or Ops.Reshape.");
        context.Return(shape, DType.Bool);
    }

    /// <inheritdoc/>
    public sealed override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public sealed override bool SavesOutput(int output) => false;

    internal sealed override bool IsCheap => true;

    internal sealed override bool IsElementwise(ReadOnlySpan<Tensor> inputs) => FusableLanes.Of(inputs[0].DType) is not null;

    internal sealed override Recorder Record(ReadOnlySpan<Recorder> inputs, ReadOnlySpan<Tensor> types) => default(TBody).Invoke(inputs[0], inputs[1]);

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

    static void Run<T>(in KernelContext context)
        where T : unmanaged =>
        PredicateLoop.Run(default(TBody), context.Input<T>(0), context.InputTensor(0).Shape.Dimensions, context.Input<T>(1), context.InputTensor(1).Shape.Dimensions, context.Output<byte>(0));
}
