using Tapestry.Kernels.Codegen;
using Tapestry.Kernels.Loops;

namespace Tapestry;

/// <summary>Elements of one tensor where a condition is true, of another where it is false. Source: <c>tf.where</c>.</summary>
public sealed record WhereOp : Op
{
    internal static readonly WhereOp Instance = new();

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        if (context.DType(0) != DType.Bool) throw Refuse("the condition is not bool", context, "a bool condition", "Compare, or convert with Ops.Cast.");
        if (!ReferenceEquals(context.DType(1), context.DType(2)) || context.DType(1) == DType.String) throw Refuse("the dtypes of the choices do not fit", context, "equal dtypes other than string", "Convert one of them with Ops.Cast.");
        var shape = Broadcasting.Common(context.Shape(1), context.Shape(2)) is { } choices ? Broadcasting.Common(context.Shape(0), choices) : null;
        context.Return(shape ?? throw Refuse("the shapes do not broadcast", context, "dimensions that are equal or 1, counted from the end"), context.DType(1));
    }

    /// <inheritdoc/>
    public override bool CanOverwrite(int input) => input > 0;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => input == 0;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        var (condition, upstream) = (context.Input(0), context.Upstream(0));
        var zeros = Ops.ZerosLike(upstream);
        if (context.Needs(1)) context.Return(1, Broadcasting.SumBack(Ops.Where(condition, upstream, zeros), context.Input(1)));
        if (context.Needs(2)) context.Return(2, Broadcasting.SumBack(Ops.Where(condition, zeros, upstream), context.Input(2)));
    }

    internal override bool IsCheap => true;

    internal override bool IsElementwise(ReadOnlySpan<Tensor> inputs) => FusableLanes.Of(inputs[1].DType) is not null;

    internal override Recorder Record(ReadOnlySpan<Recorder> inputs, ReadOnlySpan<Tensor> types) => Recorder.Select(inputs[0], inputs[1], inputs[2]);

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        switch (context.InputTensor(1).DType.Size)
        {
            case 1: Run<byte>(context); break;
            case 2: Run<ushort>(context); break;
            case 4: Run<uint>(context); break;
            case 8: Run<ulong>(context); break;
            default: Run<UInt128>(context); break;
        }
    }

    static void Run<T>(in KernelContext context)
        where T : unmanaged => SelectLoop.Run(
            context.Input<byte>(0),
            context.InputTensor(0).Shape.Dimensions,
            context.Input<T>(1),
            context.InputTensor(1).Shape.Dimensions,
            context.Input<T>(2),
            context.InputTensor(2).Shape.Dimensions,
            context.Output<T>(0));
}

/// <summary>Offers <see cref="WhereOp"/> to users.</summary>
public static class WhereEntry
{
    extension(Ops)
    {
        /// <summary>Elements of <paramref name="x"/> where the condition is true, of <paramref name="y"/> where it is false, with broadcasting.</summary>
        /// <param name="condition">A bool tensor; numbers count as true unless they are 0.</param>
        /// <param name="x">What is taken where the condition is true.</param>
        /// <param name="y">What is taken where it is false.</param>
        public static Tensor Where(Tensor condition, Tensor x, Tensor y)
        {
            Promotion.Unify(ref x, ref y);
            return WhereOp.Instance.Apply(Ops.Cast(condition, DType.Bool), x, y);
        }
    }
}
