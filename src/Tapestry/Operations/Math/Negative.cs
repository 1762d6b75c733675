using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>-x. Source: <c>tf.negative</c>.</summary>
public sealed record NegativeOp : UnaryOp<NegativeOp.Negation>
{
    internal static readonly NegativeOp Instance = new();

    internal override TermForm Term => TermForm.Negation;

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Numeric;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => -upstream;

    /// <summary>-x.</summary>
    public readonly struct Negation : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => -x;
    }
}

/// <summary>Offers <see cref="NegativeOp"/> to users.</summary>
public static class NegativeEntry
{
    extension(Ops)
    {
        /// <summary>-x, element by element.</summary>
        /// <param name="x">A tensor of a numeric dtype.</param>
        public static Tensor Negative(Tensor x) => NegativeOp.Instance.Apply(Promotion.To(x, x.DType));
    }

    extension(Tensor)
    {
        /// <summary>The negated tensor.</summary>
        public static Tensor operator -(Tensor x) => Ops.Negative(x);
    }

    extension(Variable)
    {
        /// <summary>The negated value.</summary>
        public static Tensor operator -(Variable x) => Ops.Negative(x);
    }
}
