using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The arc sine, element by element: arcsin x. Source: <c>tf.asin</c>.</summary>
public sealed record AsinOp : UnaryOp<AsinOp.Function>
{
    internal static readonly AsinOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => upstream * Ops.Rsqrt(1f - Ops.Square(x));

    /// <summary>arcsin x.</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Asin(x);
    }
}

/// <summary>Offers <see cref="AsinOp"/> to users.</summary>
public static class AsinEntry
{
    extension(Ops)
    {
        /// <summary>The arc sine, element by element: arcsin x.</summary>
        /// <param name="x">A numeric tensor; integers become floating point.</param>
        public static Tensor Asin(Tensor x) => AsinOp.Instance.Apply(Promotion.Floating(x));
    }
}
