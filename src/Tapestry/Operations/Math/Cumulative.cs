using System.Numerics;
using Tapestry.Kernels.Loops;

namespace Tapestry;

/// <summary>An operation whose elements combine all before them along a dimension.</summary>
/// <param name="Axis">The dimension, counted from the front.</param>
/// <param name="Exclusive">Whether every element leaves itself out.</param>
/// <param name="Reverse">Whether it goes from the end.</param>
public abstract record CumulativeOp(int Axis, bool Exclusive, bool Reverse) : Op
{
    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        if (!DTypes.Numeric.Contains(context.DType(0))) throw Refuse($"{context.DType(0)} has no {Name}", context, "numbers", "Convert with Ops.Cast.");
        context.Return(context.Shape(0), context.DType(0));
    }

    private protected void Scan<TReducer>(in KernelContext context)
        where TReducer : struct, IReducer
    {
        switch (context.InputTensor(0).DType.Code)
        {
            case DTypeCode.Float32: Scan<TReducer, float>(context); break;
            case DTypeCode.Float64: Scan<TReducer, double>(context); break;
            case DTypeCode.Float16: Scan<TReducer, Half>(context); break;
            case DTypeCode.BFloat16: Scan<TReducer, BFloat16>(context); break;
            case DTypeCode.Int8: Scan<TReducer, sbyte>(context); break;
            case DTypeCode.Int16: Scan<TReducer, short>(context); break;
            case DTypeCode.Int32: Scan<TReducer, int>(context); break;
            case DTypeCode.Int64: Scan<TReducer, long>(context); break;
            case DTypeCode.UInt8: Scan<TReducer, byte>(context); break;
            case DTypeCode.UInt16: Scan<TReducer, ushort>(context); break;
            case DTypeCode.UInt32: Scan<TReducer, uint>(context); break;
            case DTypeCode.UInt64: Scan<TReducer, ulong>(context); break;
            case DTypeCode.Complex64: Scan<TReducer, Complex64>(context); break;
            case DTypeCode.Complex128: Scan<TReducer, Complex>(context); break;
        }
    }

    void Scan<TReducer, T>(in KernelContext context)
        where TReducer : struct, IReducer
        where T : unmanaged
    {
        var extents = GatherOp.Extents(context.InputTensor(0).Shape, Shape.Scalar, Axis, 0);
        ScanLoop.Run(default(TReducer), context.Input<T>(0), extents.Outer, extents.Axis, extents.Inner, Exclusive, Reverse, context.Output<T>(0));
    }
}

/// <summary>The sums up to every element along a dimension. Source: <c>tf.cumsum</c>.</summary>
/// <param name="Axis">The dimension, counted from the front.</param>
/// <param name="Exclusive">Whether every element leaves itself out.</param>
/// <param name="Reverse">Whether it goes from the end.</param>
public sealed record CumsumOp(int Axis, bool Exclusive, bool Reverse) : CumulativeOp(Axis, Exclusive, Reverse)
{
    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Gradient(GradientContext context) => context.Return(0, new CumsumOp(Axis, Exclusive, !Reverse).Apply(context.Upstream(0)));

    /// <inheritdoc/>
    public override void Run(in KernelContext context) => Scan<SumReducer>(context);
}

/// <summary>The products up to every element along a dimension. Source: <c>tf.math.cumprod</c>.</summary>
/// <param name="Axis">The dimension, counted from the front.</param>
/// <param name="Exclusive">Whether every element leaves itself out.</param>
/// <param name="Reverse">Whether it goes from the end.</param>
public sealed record CumprodOp(int Axis, bool Exclusive, bool Reverse) : CumulativeOp(Axis, Exclusive, Reverse)
{
    /// <inheritdoc/>
    public override void Gradient(GradientContext context) =>
        // As in TensorFlow, an element that is 0 has the gradient 0.
        context.Return(0, Ops.DivideNoNan(new CumsumOp(Axis, Exclusive, !Reverse).Apply(Ops.Conj(context.Output(0)) * context.Upstream(0)), Ops.Conj(context.Input(0))));

    /// <inheritdoc/>
    public override void Run(in KernelContext context) => Scan<ProductReducer>(context);
}

/// <summary>Offers cumulative sums and products to users.</summary>
public static class CumulativeEntry
{
    extension(Ops)
    {
        /// <summary>The sums up to every element along a dimension: y₀ = x₀, y₁ = x₀ + x₁, …. Source: <c>tf.cumsum</c>, <c>keras.ops.cumsum</c>.</summary>
        /// <param name="x">A tensor of numbers; bool counts as int32.</param>
        /// <param name="axis">The dimension; null sums the flattened tensor.</param>
        /// <param name="exclusive">Whether every element leaves itself out, so that the first sum is 0.</param>
        /// <param name="reverse">Whether the sums go from the end.</param>
        /// <param name="dtype">The dtype in which it is computed; that of <paramref name="x"/> by default.</param>
        /// <exception cref="TapestryException">There is no such dimension.</exception>
        public static Tensor Cumsum(Tensor x, int? axis = null, bool exclusive = false, bool reverse = false, DType? dtype = null) => axis is { } given
            ? new CumsumOp(Axes.Ordered("Cumsum", [given], x.Rank, x)[0], exclusive, reverse).Apply(Counted(x, dtype))
            : Ops.Cumsum(Ops.Reshape(x, [null]), 0, exclusive, reverse, dtype);

        /// <summary>The products up to every element along a dimension: y₀ = x₀, y₁ = x₀ · x₁, …. Source: <c>tf.math.cumprod</c>, <c>keras.ops.cumprod</c>.</summary>
        /// <param name="x">A tensor of numbers; bool counts as int32.</param>
        /// <param name="axis">The dimension; null multiplies the flattened tensor.</param>
        /// <param name="exclusive">Whether every element leaves itself out, so that the first product is 1.</param>
        /// <param name="reverse">Whether the products go from the end.</param>
        /// <param name="dtype">The dtype in which it is computed; that of <paramref name="x"/> by default.</param>
        /// <exception cref="TapestryException">There is no such dimension.</exception>
        public static Tensor Cumprod(Tensor x, int? axis = null, bool exclusive = false, bool reverse = false, DType? dtype = null) => axis is { } given
            ? new CumprodOp(Axes.Ordered("Cumprod", [given], x.Rank, x)[0], exclusive, reverse).Apply(Counted(x, dtype))
            : Ops.Cumprod(Ops.Reshape(x, [null]), 0, exclusive, reverse, dtype);
    }

    static Tensor Counted(Tensor x, DType? dtype) => Promotion.To(x, dtype ?? (x.DType == DType.Bool ? DType.Int32 : x.DType));
}
