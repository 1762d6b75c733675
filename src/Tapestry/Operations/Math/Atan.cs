using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The arc tangent, element by element: arctan x. Source: <c>tf.atan</c>.</summary>
public sealed record AtanOp : UnaryOp<AtanOp.Function>
{
    internal static readonly AtanOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => upstream / (1f + Ops.Square(x));

    /// <summary>arctan x.</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Atan(x);
    }
}

/// <summary>Offers <see cref="AtanOp"/> to users.</summary>
public static class AtanEntry
{
    extension(Ops)
    {
        /// <summary>The arc tangent, element by element: arctan x.</summary>
        /// <param name="x">A numeric tensor; integers become floating point.</param>
        public static Tensor Atan(Tensor x) => AtanOp.Instance.Apply(Promotion.Floating(x));
    }
}
