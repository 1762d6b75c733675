using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The difference of two tensors, element by element. Source: <c>tf.subtract</c>, <c>keras.ops.subtract</c>.</summary>
public sealed record SubtractOp : BinaryOp<SubtractOp.Difference>
{
    internal static readonly SubtractOp Instance = new();

    internal override TermForm Term => TermForm.Difference;

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Numeric;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override Tensor? Simplify(ReadOnlySpan<Tensor> inputs) => Constants.Is(inputs[1], 0) ? inputs[0] : null;

    /// <inheritdoc/>
    protected override Tensor? GradientLeft(Tensor x, Tensor y, Tensor z, Tensor upstream) => upstream;

    /// <inheritdoc/>
    protected override Tensor? GradientRight(Tensor x, Tensor y, Tensor z, Tensor upstream) => -upstream;

    /// <summary>x - y.</summary>
    public readonly struct Difference : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => x - y;
    }
}

/// <summary>Offers <see cref="SubtractOp"/> to users.</summary>
public static class SubtractEntry
{
    extension(Ops)
    {
        /// <summary>x - y, element by element, with broadcasting.</summary>
        /// <param name="x">A tensor of a numeric dtype.</param>
        /// <param name="y">A tensor whose shape broadcasts with that of <paramref name="x"/>.</param>
        public static Tensor Subtract(Tensor x, Tensor y)
        {
            Promotion.Unify(ref x, ref y);
            return SubtractOp.Instance.Apply(x, y);
        }
    }

    extension(Tensor)
    {
        /// <summary>The difference, element by element, with broadcasting.</summary>
        public static Tensor operator -(Tensor x, Tensor y) => Ops.Subtract(x, y);
    }

    extension(Variable)
    {
        /// <summary>The difference, element by element, with broadcasting.</summary>
        public static Tensor operator -(Variable x, Tensor y) => Ops.Subtract(x, y);

        /// <summary>The difference, element by element, with broadcasting.</summary>
        public static Tensor operator -(Tensor x, Variable y) => Ops.Subtract(x, y);

        /// <summary>The difference, element by element, with broadcasting.</summary>
        public static Tensor operator -(Variable x, Variable y) => Ops.Subtract(x, y);
    }
}
