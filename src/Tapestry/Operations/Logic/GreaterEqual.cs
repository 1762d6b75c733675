using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>Where the first is not smaller, element by element. Source: <c>tf.greater_equal</c>.</summary>
public sealed record GreaterEqualOp : ComparisonOp<GreaterEqualOp.Function>
{
    internal static readonly GreaterEqualOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Real | DTypes.Boolean;

    /// <summary>x ≥ y.</summary>
    public readonly struct Function : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => V.GreaterThanOrEqual(x, y);
    }
}

/// <summary>Offers <see cref="GreaterEqualOp"/> to users.</summary>
public static class GreaterEqualEntry
{
    extension(Ops)
    {
        /// <summary>Where the first is not smaller, element by element, with broadcasting: a bool tensor.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="y">A tensor whose shape broadcasts with that of <paramref name="x"/>.</param>
        public static Tensor GreaterEqual(Tensor x, Tensor y)
        {
            Promotion.Unify(ref x, ref y);
            return GreaterEqualOp.Instance.Apply(x, y);
        }
    }
}
