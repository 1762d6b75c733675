using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The sum of two tensors, element by element. Source: <c>tf.add</c>, <c>keras.ops.add</c>.</summary>
public sealed record AddOp : BinaryOp<AddOp.Sum>
{
    internal static readonly AddOp Instance = new();

    internal override TermForm Term => TermForm.Sum;

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Numeric;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    // Only -0 leaves -0 as it is.
    /// <inheritdoc/>
    public override Tensor? Simplify(ReadOnlySpan<Tensor> inputs) => Constants.Is(inputs[1], -0.0) ? inputs[0] : Constants.Is(inputs[0], -0.0) ? inputs[1] : null;

    /// <inheritdoc/>
    protected override Tensor? GradientLeft(Tensor x, Tensor y, Tensor z, Tensor upstream) => upstream;

    /// <inheritdoc/>
    protected override Tensor? GradientRight(Tensor x, Tensor y, Tensor z, Tensor upstream) => upstream;

    /// <summary>x + y.</summary>
    public readonly struct Sum : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => x + y;
    }
}

/// <summary>Offers <see cref="AddOp"/> to users.</summary>
public static class AddEntry
{
    extension(Ops)
    {
        /// <summary>x + y, element by element, with broadcasting. Truth values are joined by "or".</summary>
        /// <param name="x">A tensor of any dtype but string.</param>
        /// <param name="y">A tensor whose shape broadcasts with that of <paramref name="x"/>.</param>
        public static Tensor Add(Tensor x, Tensor y)
        {
            Promotion.Unify(ref x, ref y);
            return x.DType == DType.Bool ? Ops.LogicalOr(x, y) : AddOp.Instance.Apply(x, y);
        }
    }

    extension(Tensor)
    {
        /// <summary>The sum, element by element, with broadcasting.</summary>
        public static Tensor operator +(Tensor x, Tensor y) => Ops.Add(x, y);
    }

    extension(Variable)
    {
        /// <summary>The sum, element by element, with broadcasting.</summary>
        public static Tensor operator +(Variable x, Tensor y) => Ops.Add(x, y);

        /// <summary>The sum, element by element, with broadcasting.</summary>
        public static Tensor operator +(Tensor x, Variable y) => Ops.Add(x, y);

        /// <summary>The sum, element by element, with broadcasting.</summary>
        public static Tensor operator +(Variable x, Variable y) => Ops.Add(x, y);
    }
}
