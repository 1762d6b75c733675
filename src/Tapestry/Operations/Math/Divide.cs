using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The quotient, element by element: x / y, floating point also for integers. Source: <c>tf.math.truediv</c>.</summary>
public sealed record DivideOp : BinaryOp<DivideOp.Function>
{
    internal static readonly DivideOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating | DTypes.Complex;

    /// <inheritdoc/>
    protected override Tensor? GradientLeft(Tensor x, Tensor y, Tensor z, Tensor upstream) => upstream / Ops.Conj(y);

    /// <inheritdoc/>
    protected override Tensor? GradientRight(Tensor x, Tensor y, Tensor z, Tensor upstream) => -upstream * Ops.Conj(z) / Ops.Conj(y);

    /// <summary>x / y, floating point also for integers.</summary>
    public readonly struct Function : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => x / y;
    }
}

/// <summary>Offers <see cref="DivideOp"/> to users.</summary>
public static class DivideEntry
{
    extension(Ops)
    {
        /// <summary>The quotient, element by element, with broadcasting: x / y, floating point also for integers.</summary>
        /// <param name="x">A tensor of a numeric dtype.</param>
        /// <param name="y">A tensor whose shape broadcasts with that of <paramref name="x"/>.</param>
        public static Tensor Divide(Tensor x, Tensor y)
        {
            Promotion.UnifyFloating(ref x, ref y);
            return DivideOp.Instance.Apply(x, y);
        }
    }

    extension(Tensor)
    {
        /// <summary>The quotient, element by element, with broadcasting.</summary>
        public static Tensor operator /(Tensor x, Tensor y) => Ops.Divide(x, y);
    }

    extension(Variable)
    {
        /// <summary>The quotient, element by element, with broadcasting.</summary>
        public static Tensor operator /(Variable x, Tensor y) => Ops.Divide(x, y);

        /// <summary>The quotient, element by element, with broadcasting.</summary>
        public static Tensor operator /(Tensor x, Variable y) => Ops.Divide(x, y);

        /// <summary>The quotient, element by element, with broadcasting.</summary>
        public static Tensor operator /(Variable x, Variable y) => Ops.Divide(x, y);
    }
}
