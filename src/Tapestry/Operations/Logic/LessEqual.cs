using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>Where the first is not larger, element by element. Source: <c>tf.less_equal</c>.</summary>
public sealed record LessEqualOp : ComparisonOp<LessEqualOp.Function>
{
    internal static readonly LessEqualOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Real | DTypes.Boolean;

    /// <summary>x ≤ y.</summary>
    public readonly struct Function : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => V.LessThanOrEqual(x, y);
    }
}

/// <summary>Offers <see cref="LessEqualOp"/> to users.</summary>
public static class LessEqualEntry
{
    extension(Ops)
    {
        /// <summary>Where the first is not larger, element by element, with broadcasting: a bool tensor.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="y">A tensor whose shape broadcasts with that of <paramref name="x"/>.</param>
        public static Tensor LessEqual(Tensor x, Tensor y)
        {
            Promotion.Unify(ref x, ref y);
            return LessEqualOp.Instance.Apply(x, y);
        }
    }
}
