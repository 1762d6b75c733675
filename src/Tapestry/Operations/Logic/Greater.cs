using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>Where the first is larger, element by element. Source: <c>tf.greater</c>.</summary>
public sealed record GreaterOp : ComparisonOp<GreaterOp.Function>
{
    internal static readonly GreaterOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Real | DTypes.Boolean;

    /// <summary>x &gt; y.</summary>
    public readonly struct Function : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => V.GreaterThan(x, y);
    }
}

/// <summary>Offers <see cref="GreaterOp"/> to users.</summary>
public static class GreaterEntry
{
    extension(Ops)
    {
        /// <summary>Where the first is larger, element by element, with broadcasting: a bool tensor.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="y">A tensor whose shape broadcasts with that of <paramref name="x"/>.</param>
        public static Tensor Greater(Tensor x, Tensor y)
        {
            Promotion.Unify(ref x, ref y);
            return GreaterOp.Instance.Apply(x, y);
        }
    }
}
