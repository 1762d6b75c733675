using System.Numerics;
using Tapestry.Kernels.Loops;

namespace Tapestry;

/// <summary>The position of the largest element along a dimension; the first of several. Source: <c>tf.argmax</c>.</summary>
/// <param name="Axis">The dimension, counted from the front.</param>
public sealed record ArgMaxOp(int Axis) : Op
{
    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        if (!(DTypes.Real | DTypes.Boolean).Contains(context.DType(0))) throw Refuse($"{context.DType(0)} has no order", context, "real numbers");
        if (context.Shape(0)[Axis] == 0) throw Refuse($"dimension {Axis} is empty", context, "at least one element");
        var dimensions = context.Shape(0).ToArray().ToList();
        dimensions.RemoveAt(Axis);
        context.Return(new Shape([.. dimensions]), DType.Int64);
    }

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        var shape = context.InputTensor(0).Shape;
        var (outer, reduce, inner) = (1, shape[Axis], 1);
        for (var i = 0; i < Axis; i++) outer *= shape[i];
        for (var i = Axis + 1; i < shape.Rank; i++) inner *= shape[i];
        switch (context.InputTensor(0).DType.Code)
        {
            case DTypeCode.BFloat16: ArgumentLoop.Maximum(context.Input<BFloat16>(0), outer, reduce, inner, context.Output<long>(0)); break;
            case DTypeCode.Float32: Run<float>(context, outer, reduce, inner); break;
            case DTypeCode.Float64: Run<double>(context, outer, reduce, inner); break;
            case DTypeCode.Float16: Run<Half>(context, outer, reduce, inner); break;
            case DTypeCode.Int8: Run<sbyte>(context, outer, reduce, inner); break;
            case DTypeCode.Int16: Run<short>(context, outer, reduce, inner); break;
            case DTypeCode.Int32: Run<int>(context, outer, reduce, inner); break;
            case DTypeCode.Int64: Run<long>(context, outer, reduce, inner); break;
            case DTypeCode.UInt8 or DTypeCode.Bool: Run<byte>(context, outer, reduce, inner); break;
            case DTypeCode.UInt16: Run<ushort>(context, outer, reduce, inner); break;
            case DTypeCode.UInt32: Run<uint>(context, outer, reduce, inner); break;
            case DTypeCode.UInt64: Run<ulong>(context, outer, reduce, inner); break;
        }
    }

    static void Run<T>(in KernelContext context, int outer, int reduce, int inner)
        where T : unmanaged, INumber<T> => ArgumentLoop.Maximum(context.Input<T>(0), outer, reduce, inner, context.Output<long>(0));
}

/// <summary>Offers <see cref="ArgMaxOp"/> to users.</summary>
public static class ArgMaxEntry
{
    extension(Ops)
    {
        /// <summary>The position of the largest element along a dimension; the first of several. As in Keras, -0 is less than 0, and NaN loses to every number. Source: <c>keras.ops.argmax</c>, <c>tf.argmax</c>.</summary>
        /// <param name="x">A tensor of real numbers.</param>
        /// <param name="axis">The dimension; null for the position in the flattened tensor.</param>
        /// <param name="keepdims">Whether the dimension stays with length 1.</param>
        /// <param name="dtype">The dtype of the positions; int32 by default.</param>
        /// <exception cref="TapestryException">There is no such dimension, or it is empty.</exception>
        public static Tensor ArgMax(Tensor x, int? axis = null, bool keepdims = false, DType? dtype = null)
        {
            x = Promotion.To(x, x.DType);
            var along = axis is { } given ? Axes.Of("ArgMax", given, x)[0] : 0;
            var positions = Ops.Cast(new ArgMaxOp(along).Apply(axis is null ? Ops.Reshape(x, [null]) : x), dtype ?? DType.Int32);
            return !keepdims ? positions : axis is null ? Ops.ExpandDims(positions, Enumerable.Range(0, x.Rank).ToArray()) : Ops.ExpandDims(positions, along);
        }
    }
}
