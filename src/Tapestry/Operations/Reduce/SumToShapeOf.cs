using System.Numerics;
using Tapestry.Kernels.Loops;

namespace Tapestry;

/// <summary>
/// The sum over the dimensions that broadcasting stretched: the reverse of stretching a tensor to the shape of another. It exists as an
/// operation of its own because, while tracing, unknown dimensions hide whether anything was stretched.
/// </summary>
public sealed record SumToShapeOfOp : Op
{
    internal static readonly SumToShapeOfOp Instance = new();

    /// <inheritdoc/>
    public override bool ReadsValue(int input) => input == 0;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context) => context.Return(context.Shape(1), context.DType(0));

    /// <inheritdoc/>
    public override Tensor? Simplify(ReadOnlySpan<Tensor> inputs) => inputs[0].Shape == inputs[1].Shape && inputs[0].Shape.IsFullyKnown ? inputs[0] : null;

    /// <inheritdoc/>
    public override void Gradient(GradientContext context) => context.Return(0, Ops.BroadcastLike(context.Upstream(0), context.Input(0)));

    internal override TermForm Term => TermForm.SumToShape;

    internal override FusableReduction? Reduction(ReadOnlySpan<Tensor> inputs, TensorSpec output) =>
        FusableReduction.Of(default(SumReducer), inputs[0].DType, Stretched(inputs[0].Shape, output.Shape));

    internal override TensorSpec[]? Rehearsal(ReadOnlySpan<Tensor> inputs) => Tapestry.Rehearsal.Rows(inputs, most: 256, broadcast: true);

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
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
        where T : unmanaged
    {
        var from = context.InputTensor(0).Shape;
        ReduceLoop.Run(default(SumReducer), context.Input<T>(0), from.Dimensions, Stretched(from, context.OutputTensor(0).Shape), context.Output<T>(0));
    }

    static uint Stretched(Shape from, Shape to)
    {
        var mask = 0u;
        for (var axis = 0; axis < from.Rank; axis++)
        {
            var kept = axis - (from.Rank - to.Rank);
            if (kept < 0 || (to[kept] == 1 && from[axis] != 1)) mask |= 1u << axis;
        }

        return mask;
    }
}

/// <summary>Offers <see cref="SumToShapeOfOp"/> to the gradients of operations.</summary>
public static class SumToShapeOfEntry
{
    extension(Ops)
    {
        /// <summary>The sum over the dimensions that broadcasting stretched, in the shape of another tensor.</summary>
        /// <param name="x">A tensor whose shape is what <paramref name="like"/> stretches to.</param>
        /// <param name="like">The tensor whose shape is taken; its values do not matter.</param>
        public static Tensor SumToShapeOf(Tensor x, Tensor like) => SumToShapeOfOp.Instance.Apply(x, like);
    }
}
