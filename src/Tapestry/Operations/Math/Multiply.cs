using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The product of two tensors, element by element. Source: <c>tf.multiply</c>, <c>keras.ops.multiply</c>.</summary>
public sealed record MultiplyOp : BinaryOp<MultiplyOp.Product>
{
    internal static readonly MultiplyOp Instance = new();

    internal override TermForm Term => TermForm.Product;

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Numeric;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override Tensor? Simplify(ReadOnlySpan<Tensor> inputs) => Constants.Is(inputs[1], 1) ? inputs[0] : Constants.Is(inputs[0], 1) ? inputs[1] : null;

    /// <inheritdoc/>
    protected override Tensor? GradientLeft(Tensor x, Tensor y, Tensor z, Tensor upstream) => upstream * Ops.Conj(y);

    /// <inheritdoc/>
    protected override Tensor? GradientRight(Tensor x, Tensor y, Tensor z, Tensor upstream) => upstream * Ops.Conj(x);

    /// <summary>x * y.</summary>
    public readonly struct Product : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => x * y;
    }
}

/// <summary>Offers <see cref="MultiplyOp"/> to users.</summary>
public static class MultiplyEntry
{
    extension(Ops)
    {
        /// <summary>x * y, element by element, with broadcasting. Truth values are joined by "and".</summary>
        /// <param name="x">A tensor of any dtype but string.</param>
        /// <param name="y">A tensor whose shape broadcasts with that of <paramref name="x"/>.</param>
        public static Tensor Multiply(Tensor x, Tensor y)
        {
            Promotion.Unify(ref x, ref y);
            return x.DType == DType.Bool ? Ops.LogicalAnd(x, y) : MultiplyOp.Instance.Apply(x, y);
        }
    }

    extension(Tensor)
    {
        /// <summary>The product, element by element, with broadcasting.</summary>
        public static Tensor operator *(Tensor x, Tensor y) => Ops.Multiply(x, y);
    }

    extension(Variable)
    {
        /// <summary>The product, element by element, with broadcasting.</summary>
        public static Tensor operator *(Variable x, Tensor y) => Ops.Multiply(x, y);

        /// <summary>The product, element by element, with broadcasting.</summary>
        public static Tensor operator *(Tensor x, Variable y) => Ops.Multiply(x, y);

        /// <summary>The product, element by element, with broadcasting.</summary>
        public static Tensor operator *(Variable x, Variable y) => Ops.Multiply(x, y);
    }
}
