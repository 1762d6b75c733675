using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The nearest whole number, halves to the even one, element by element: round(x). Source: <c>tf.round</c>.</summary>
public sealed record RoundOp : UnaryStepOp<RoundOp.Function>
{
    internal static readonly RoundOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Real;

    /// <summary>round(x).</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Round(x);
    }
}

/// <summary>Offers <see cref="RoundOp"/> to users.</summary>
public static class RoundEntry
{
    extension(Ops)
    {
        /// <summary>The nearest whole number, halves to the even one, element by element: round(x).</summary>
        /// <param name="x">A tensor of real numbers.</param>
        public static Tensor Round(Tensor x) => RoundOp.Instance.Apply(Promotion.To(x, x.DType));

        /// <summary>The nearest number with so many decimals, halves to the even one. Source: <c>keras.ops.round</c>.</summary>
        /// <param name="x">A tensor of real numbers.</param>
        /// <param name="decimals">How many decimals; negative ones round to tens, hundreds, ….</param>
        public static Tensor Round(Tensor x, int decimals)
        {
            if (decimals == 0 || (decimals > 0 && x.DType.IsInteger)) return Ops.Round(x);
            var factor = Math.Pow(10, Math.Abs(decimals));
            var exact = x.DType.IsInteger ? Ops.Cast(x, DType.Float64) : x;
            return Ops.Cast(decimals > 0 ? Ops.Round(exact * factor) / factor : Ops.Round(exact / factor) * factor, x.DType);
        }
    }
}
