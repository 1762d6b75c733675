using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>Where an element is not a number. Source: <c>tf.math.is_nan</c>.</summary>
public sealed record IsNaNOp : PredicateOp<IsNaNOp.Function>
{
    internal static readonly IsNaNOp Instance = new();

    /// <summary>Whether x is not a number.</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.IsNaN(x);
    }
}

/// <summary>Offers <see cref="IsNaNOp"/> to users.</summary>
public static class IsNaNEntry
{
    extension(Ops)
    {
        /// <summary>Where an element is not a number: a bool tensor.</summary>
        /// <param name="x">A numeric tensor; integers always are finite numbers.</param>
        public static Tensor IsNaN(Tensor x) => IsNaNOp.Instance.Apply(Promotion.Floating(x));
    }
}
