using System.Numerics;
using Tapestry.Kernels.Loops;

namespace Tapestry;

/// <summary>An operation that combines all elements along some dimensions.</summary>
/// <param name="Axes">The dimensions, counted from the front.</param>
/// <param name="KeepDimensions">Whether they stay with length 1.</param>
public abstract record ReductionOp(ValueList<int> Axes, bool KeepDimensions) : Op
{
    /// <summary>The dtypes for which the reduction makes sense.</summary>
    protected virtual DTypes Accepted => DTypes.Numeric;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        if (!Accepted.Contains(context.DType(0))) throw Refuse($"{context.DType(0)} has no {Name}", context, Accepted.ToString(), "Convert with Ops.Cast.");
        context.Return(Reduced(context.Shape(0)), Result(context.DType(0)));
    }

    /// <summary>The shape that is left.</summary>
    protected Shape Reduced(Shape shape)
    {
        if (!KeepDimensions && Axes.Count == shape.Rank) return Shape.Scalar;
        Span<int> left = stackalloc int[shape.Rank];
        return new Shape(left[..Remaining(shape, left)]);
    }

    int Remaining(Shape shape, Span<int> left)
    {
        var (count, mask) = (0, AxisMask);
        for (var axis = 0; axis < shape.Rank; axis++)
        {
            if ((mask & (1u << axis)) == 0) left[count++] = shape[axis];
            else if (KeepDimensions) left[count++] = 1;
        }

        return count;
    }

    /// <summary>The dtype of the result.</summary>
    protected virtual DType Result(DType dtype) => dtype;

    /// <summary>A tensor of the reduced shape with the reduced dimensions put back as 1, so that it broadcasts with the input.</summary>
    protected Tensor Restore(Tensor reduced) => KeepDimensions || reduced.Rank == 0 ? reduced : new ExpandDimsOp(Axes).Apply(reduced);

    /// <summary>One bit for each dimension that goes away.</summary>
    private protected uint AxisMask
    {
        get
        {
            var mask = 0u;
            foreach (var axis in Axes.Span) mask |= 1u << axis;
            return mask;
        }
    }

    internal sealed override TensorSpec[]? Rehearsal(ReadOnlySpan<Tensor> inputs) => Tapestry.Rehearsal.Rows(inputs, most: 256);

    /// <summary>Reduces by a combination of elements.</summary>
    private protected void Reduce<TReducer>(in KernelContext context, TReducer reducer)
        where TReducer : struct, IReducer
    {
        switch (context.InputTensor(0).DType.Code)
        {
            case DTypeCode.Float32: Reduce<TReducer, float>(context, reducer); break;
            case DTypeCode.Float64: Reduce<TReducer, double>(context, reducer); break;
            case DTypeCode.Float16: Reduce<TReducer, Half>(context, reducer); break;
            case DTypeCode.BFloat16: Reduce<TReducer, BFloat16>(context, reducer); break;
            case DTypeCode.Int8: Reduce<TReducer, sbyte>(context, reducer); break;
            case DTypeCode.Int16: Reduce<TReducer, short>(context, reducer); break;
            case DTypeCode.Int32: Reduce<TReducer, int>(context, reducer); break;
            case DTypeCode.Int64: Reduce<TReducer, long>(context, reducer); break;
            case DTypeCode.UInt8 or DTypeCode.Bool: Reduce<TReducer, byte>(context, reducer); break;
            case DTypeCode.UInt16: Reduce<TReducer, ushort>(context, reducer); break;
            case DTypeCode.UInt32: Reduce<TReducer, uint>(context, reducer); break;
            case DTypeCode.UInt64: Reduce<TReducer, ulong>(context, reducer); break;
            case DTypeCode.Complex64: Reduce<TReducer, Complex64>(context, reducer); break;
            case DTypeCode.Complex128: Reduce<TReducer, Complex>(context, reducer); break;
        }
    }

    void Reduce<TReducer, T>(in KernelContext context, TReducer reducer)
        where TReducer : struct, IReducer
        where T : unmanaged
    {
        ReduceLoop.Run(reducer, context.Input<T>(0), context.InputTensor(0).Shape.Dimensions, AxisMask, context.Output<T>(0));
    }
}
