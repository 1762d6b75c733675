using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The smallest whole number not below, element by element: ceiling(x). Source: <c>tf.math.ceil</c>.</summary>
public sealed record CeilingOp : UnaryStepOp<CeilingOp.Function>
{
    internal static readonly CeilingOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Real;

    /// <summary>ceiling(x).</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Ceiling(x);
    }
}

/// <summary>Offers <see cref="CeilingOp"/> to users.</summary>
public static class CeilingEntry
{
    extension(Ops)
    {
        /// <summary>The smallest whole number not below, element by element: ceiling(x).</summary>
        /// <param name="x">A tensor of real numbers.</param>
        public static Tensor Ceiling(Tensor x) => CeilingOp.Instance.Apply(Promotion.Floating(x));
    }
}
