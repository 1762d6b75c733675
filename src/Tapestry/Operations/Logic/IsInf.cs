using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>Where an element is infinite. Source: <c>tf.math.is_inf</c>.</summary>
public sealed record IsInfOp : PredicateOp<IsInfOp.Function>
{
    internal static readonly IsInfOp Instance = new();

    /// <summary>Whether x is infinite.</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.IsInfinite(x);
    }
}

/// <summary>Offers <see cref="IsInfOp"/> to users.</summary>
public static class IsInfEntry
{
    extension(Ops)
    {
        /// <summary>Where an element is infinite: a bool tensor.</summary>
        /// <param name="x">A numeric tensor; integers always are finite numbers.</param>
        public static Tensor IsInf(Tensor x) => IsInfOp.Instance.Apply(Promotion.Floating(x));
    }
}
