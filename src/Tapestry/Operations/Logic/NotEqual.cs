using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>Where both differ, element by element. Source: <c>tf.not_equal</c>.</summary>
public sealed record NotEqualOp : ComparisonOp<NotEqualOp.Function>
{
    internal static readonly NotEqualOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Numeric | DTypes.Boolean;

    /// <summary>x ≠ y.</summary>
    public readonly struct Function : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => V.NotEqual(x, y);
    }
}

/// <summary>Offers <see cref="NotEqualOp"/> to users.</summary>
public static class NotEqualEntry
{
    extension(Ops)
    {
        /// <summary>Where both differ, element by element, with broadcasting: a bool tensor.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="y">A tensor whose shape broadcasts with that of <paramref name="x"/>.</param>
        public static Tensor NotEqual(Tensor x, Tensor y)
        {
            Promotion.Unify(ref x, ref y);
            return NotEqualOp.Instance.Apply(x, y);
        }
    }
}
