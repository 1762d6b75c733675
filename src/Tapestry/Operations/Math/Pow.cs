using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The power, element by element: x^y. Source: <c>tf.pow</c>.</summary>
public sealed record PowOp : BinaryOp<PowOp.Function>
{
    internal static readonly PowOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Numeric;

    /// <inheritdoc/>
    protected override Tensor? GradientLeft(Tensor x, Tensor y, Tensor z, Tensor upstream) => upstream * y * Ops.Pow(x, y - 1f);

    /// <inheritdoc/>
    protected override Tensor? GradientRight(Tensor x, Tensor y, Tensor z, Tensor upstream) => upstream * z * Ops.Where(Ops.Greater(x, 0f), Ops.Log(Ops.Where(Ops.Greater(x, 0f), x, Ops.OnesLike(x))), Ops.ZerosLike(x));

    /// <summary>x^y.</summary>
    public readonly struct Function : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => V.Pow(x, y);
    }
}

/// <summary>Offers <see cref="PowOp"/> to users.</summary>
public static class PowEntry
{
    extension(Ops)
    {
        /// <summary>The power, element by element, with broadcasting: x^y.</summary>
        /// <param name="x">A tensor of a numeric dtype; whole numbers stay whole, and are exact up to 2⁵³.</param>
        /// <param name="y">A tensor whose shape broadcasts with that of <paramref name="x"/>.</param>
        public static Tensor Pow(Tensor x, Tensor y)
        {
            Promotion.Unify(ref x, ref y);
            if (x.DType == DType.Bool) (x, y) = (Ops.Cast(x, DType.Int32), Ops.Cast(y, DType.Int32));
            return PowOp.Instance.Apply(x, y);
        }
    }
}
