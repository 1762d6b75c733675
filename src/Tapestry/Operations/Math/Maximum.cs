using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The larger one, element by element: max(x, y). Source: <c>tf.maximum</c>.</summary>
public sealed record MaximumOp : BinaryOp<MaximumOp.Function>
{
    internal static readonly MaximumOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Real | DTypes.Boolean;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? GradientLeft(Tensor x, Tensor y, Tensor z, Tensor upstream) => upstream * Ops.Cast(Ops.GreaterEqual(x, y), upstream.DType);

    /// <inheritdoc/>
    protected override Tensor? GradientRight(Tensor x, Tensor y, Tensor z, Tensor upstream) => upstream * Ops.Cast(Ops.Less(x, y), upstream.DType);

    /// <summary>max(x, y).</summary>
    public readonly struct Function : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => V.Maximum(x, y);
    }
}

/// <summary>Offers <see cref="MaximumOp"/> to users.</summary>
public static class MaximumEntry
{
    extension(Ops)
    {
        /// <summary>The larger one, element by element, with broadcasting: max(x, y).</summary>
        /// <param name="x">A tensor of a numeric dtype.</param>
        /// <param name="y">A tensor whose shape broadcasts with that of <paramref name="x"/>.</param>
        public static Tensor Maximum(Tensor x, Tensor y)
        {
            Promotion.Unify(ref x, ref y);
            return MaximumOp.Instance.Apply(x, y);
        }
    }
}
