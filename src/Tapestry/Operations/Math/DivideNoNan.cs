using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The quotient, 0 where the divisor is 0, element by element: x / y. Source: <c>tf.math.divide_no_nan</c>.</summary>
public sealed record DivideNoNanOp : BinaryOp<DivideNoNanOp.Function>
{
    internal static readonly DivideNoNanOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating;

    /// <inheritdoc/>
    protected override Tensor? GradientLeft(Tensor x, Tensor y, Tensor z, Tensor upstream) => Ops.DivideNoNan(upstream, y);

    /// <inheritdoc/>
    protected override Tensor? GradientRight(Tensor x, Tensor y, Tensor z, Tensor upstream) => -Ops.DivideNoNan(upstream * z, y);

    /// <summary>x / y.</summary>
    public readonly struct Function : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => V.Select(V.Equal(y, V.Create(0L)), V.Create(0L), x / y);
    }
}

/// <summary>Offers <see cref="DivideNoNanOp"/> to users.</summary>
public static class DivideNoNanEntry
{
    extension(Ops)
    {
        /// <summary>The quotient, 0 where the divisor is 0, element by element, with broadcasting: x / y.</summary>
        /// <param name="x">A tensor of a numeric dtype.</param>
        /// <param name="y">A tensor whose shape broadcasts with that of <paramref name="x"/>.</param>
        public static Tensor DivideNoNan(Tensor x, Tensor y)
        {
            Promotion.UnifyFloating(ref x, ref y);
            return DivideNoNanOp.Instance.Apply(x, y);
        }
    }
}
