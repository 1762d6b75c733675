using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>Where an element is neither infinite nor NaN. Source: <c>tf.math.is_finite</c>.</summary>
public sealed record IsFiniteOp : PredicateOp<IsFiniteOp.Function>
{
    internal static readonly IsFiniteOp Instance = new();

    /// <summary>Whether x is neither infinite nor NaN.</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.IsFinite(x);
    }
}

/// <summary>Offers <see cref="IsFiniteOp"/> to users.</summary>
public static class IsFiniteEntry
{
    extension(Ops)
    {
        /// <summary>Where an element is neither infinite nor NaN: a bool tensor.</summary>
        /// <param name="x">A numeric tensor; integers always are finite numbers.</param>
        public static Tensor IsFinite(Tensor x) => IsFiniteOp.Instance.Apply(Promotion.Floating(x));
    }
}
