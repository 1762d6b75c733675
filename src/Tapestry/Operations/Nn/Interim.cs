using System.Numerics;
using Tapestry.Kernels.Loops;

namespace Tapestry;

/// <summary>The few functions of other families that this one needs before those families are there.</summary>
static class Interim
{
    internal static Tensor Squeeze(Tensor x, int axis)
    {
        var dimensions = x.Shape.ToArray().ToList();
        dimensions.RemoveAt(axis < 0 ? axis + x.Rank : axis);
        return Ops.Reshape(x, dimensions.ToArray());
    }

    internal static Tensor ExpandDims(Tensor x, int axis)
    {
        var dimensions = x.Shape.ToArray().ToList();
        dimensions.Insert(axis < 0 ? axis + x.Rank + 1 : axis, 1);
        return Ops.Reshape(x, dimensions.ToArray());
    }

    internal static Tensor MoveAxis(Tensor x, int from, int to)
    {
        var order = Enumerable.Range(0, x.Rank).ToList();
        var axis = from < 0 ? from + x.Rank : from;
        order.RemoveAt(axis);
        order.Insert(to < 0 ? to + x.Rank : to, axis);
        return Transpose(x, [.. order]);
    }

    internal static Tensor Transpose(Tensor x, int[] order) => new PermutationOp(order).Apply(x);
}

/// <summary>Axes in another order.</summary>
sealed record PermutationOp(ValueList<int> Order) : Op
{
    public override bool SavesInput(int input) => false;

    public override bool SavesOutput(int output) => false;

    public override void Infer(ref InferContext context)
    {
        var shape = context.Shape(0);
        context.Return(new Shape([.. Order.Select(axis => shape[axis])]), context.DType(0));
    }

    public override void Gradient(GradientContext context)
    {
        var inverse = new int[Order.Count];
        for (var i = 0; i < inverse.Length; i++) inverse[Order[i]] = i;
        context.Return(0, new PermutationOp(inverse).Apply(context.Upstream(0)));
    }

    public override void Run(in KernelContext context)
    {
        var shape = context.InputTensor(0).Shape.Dimensions;
        switch (context.InputTensor(0).DType.Size)
        {
            case 4: TransposeLoop.Run(context.Input<float>(0), shape, Order.Span, context.Output<float>(0)); break;
            case 8: TransposeLoop.Run(context.Input<double>(0), shape, Order.Span, context.Output<double>(0)); break;
            case 2: TransposeLoop.Run(context.Input<ushort>(0), shape, Order.Span, context.Output<ushort>(0)); break;
            case 1: TransposeLoop.Run(context.Input<byte>(0), shape, Order.Span, context.Output<byte>(0)); break;
            default: TransposeLoop.Run(context.Input<Complex>(0), shape, Order.Span, context.Output<Complex>(0)); break;
        }
    }
}
