using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>Where both are equal, element by element. Source: <c>tf.equal</c>.</summary>
public sealed record EqualOp : ComparisonOp<EqualOp.Function>
{
    internal static readonly EqualOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Numeric | DTypes.Boolean;

    /// <summary>x =  y.</summary>
    public readonly struct Function : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => V.Equal(x, y);
    }
}

/// <summary>Offers <see cref="EqualOp"/> to users.</summary>
public static class EqualEntry
{
    extension(Ops)
    {
        /// <summary>Where both are equal, element by element, with broadcasting: a bool tensor.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="y">A tensor whose shape broadcasts with that of <paramref name="x"/>.</param>
        public static Tensor Equal(Tensor x, Tensor y)
        {
            Promotion.Unify(ref x, ref y);
            return EqualOp.Instance.Apply(x, y);
        }
    }
}
