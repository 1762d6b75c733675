using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>Where the first is smaller, element by element. Source: <c>tf.less</c>.</summary>
public sealed record LessOp : ComparisonOp<LessOp.Function>
{
    internal static readonly LessOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Real | DTypes.Boolean;

    /// <summary>x &lt; y.</summary>
    public readonly struct Function : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => V.LessThan(x, y);
    }
}

/// <summary>Offers <see cref="LessOp"/> to users.</summary>
public static class LessEntry
{
    extension(Ops)
    {
        /// <summary>Where the first is smaller, element by element, with broadcasting: a bool tensor.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="y">A tensor whose shape broadcasts with that of <paramref name="x"/>.</param>
        public static Tensor Less(Tensor x, Tensor y)
        {
            Promotion.Unify(ref x, ref y);
            return LessOp.Instance.Apply(x, y);
        }
    }
}
