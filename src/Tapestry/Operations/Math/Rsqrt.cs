using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The reciprocal square root, element by element: 1/√x. Source: <c>tf.math.rsqrt</c>.</summary>
public sealed record RsqrtOp : UnaryOp<RsqrtOp.Function>
{
    internal static readonly RsqrtOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => upstream * -0.5f * y * y * y;

    /// <summary>1/√x.</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Rsqrt(x);
    }
}

/// <summary>Offers <see cref="RsqrtOp"/> to users.</summary>
public static class RsqrtEntry
{
    extension(Ops)
    {
        /// <summary>The reciprocal square root, element by element: 1/√x.</summary>
        /// <param name="x">A numeric tensor; integers become floating point.</param>
        public static Tensor Rsqrt(Tensor x) => RsqrtOp.Instance.Apply(Promotion.Floating(x));
    }
}
