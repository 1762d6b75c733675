using Tapestry.Kernels.Loops;

namespace Tapestry;

/// <summary>The product along dimensions. Source: <c>tf.reduce_prod</c>.</summary>
/// <param name="Axes">The dimensions, counted from the front.</param>
/// <param name="KeepDimensions">Whether they stay with length 1.</param>
public sealed record ProdOp(ValueList<int> Axes, bool KeepDimensions) : ReductionOp(Axes, KeepDimensions)
{
    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Numeric;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => true;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => true;

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        // The product of the others, for every element; a zero makes the quotient wrong, so those take the long way.
        var (x, y, upstream) = (context.Input(0), Restore(context.Output(0)), Restore(context.Upstream(0)));
        var isZero = Ops.Equal(x, Ops.ZerosLike(x));
        var zeros = Ops.Sum(Ops.Cast(isZero, x.DType), Axes.ToArray(), keepdims: true);
        var filled = Ops.Where(isZero, Ops.OnesLike(x), x);
        var others = Ops.Prod(filled, Axes.ToArray(), keepdims: true);
        var single = Ops.Where(Ops.LogicalAnd(isZero, Ops.Equal(zeros, Ops.OnesLike(zeros))), others, Ops.ZerosLike(x));
        context.Return(0, upstream * Ops.Conj(Ops.Where(Ops.Equal(zeros, Ops.ZerosLike(zeros)), y / filled, single)));
    }

    internal override FusableReduction? Reduction(ReadOnlySpan<Tensor> inputs, TensorSpec output) => FusableReduction.Of(default(ProductReducer), inputs[0].DType, AxisMask);

    /// <inheritdoc/>
    public override void Run(in KernelContext context) => Reduce(context, default(ProductReducer));
}

/// <summary>Offers <see cref="ProdOp"/> to users.</summary>
public static class ProdEntry
{
    extension(Ops)
    {
        /// <summary>The product along dimensions.</summary>
        /// <param name="x">A tensor; bool and small integers are multiplied as int32 or uint32, and uint64 counts as uint32, as wherever Keras promotes dtypes.</param>
        /// <param name="axis">The dimensions; all by default.</param>
        /// <param name="keepdims">Whether the dimensions stay with length 1.</param>
        /// <exception cref="TapestryException">There is no such dimension.</exception>
        public static Tensor Prod(Tensor x, Axes? axis = null, bool keepdims = false) => new ProdOp(Axes.Of("Prod", axis, x), keepdims).Apply(x.DType == DType.UInt64 ? Promotion.To(x, DType.UInt32) : Sums.Summable(x));
    }
}
