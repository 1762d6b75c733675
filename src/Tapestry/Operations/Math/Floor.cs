using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The largest whole number not above, element by element: floor(x). Source: <c>tf.floor</c>.</summary>
public sealed record FloorOp : UnaryStepOp<FloorOp.Function>
{
    internal static readonly FloorOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Real;

    /// <summary>floor(x).</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Floor(x);
    }
}

/// <summary>Offers <see cref="FloorOp"/> to users.</summary>
public static class FloorEntry
{
    extension(Ops)
    {
        /// <summary>The largest whole number not above, element by element: floor(x).</summary>
        /// <param name="x">A tensor of real numbers.</param>
        public static Tensor Floor(Tensor x) => FloorOp.Instance.Apply(Promotion.Floating(x));
    }
}
