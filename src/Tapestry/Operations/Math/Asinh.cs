using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The inverse hyperbolic sine, element by element: arsinh x. Source: <c>tf.asinh</c>.</summary>
public sealed record AsinhOp : UnaryOp<AsinhOp.Function>
{
    internal static readonly AsinhOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => upstream * Ops.Rsqrt(1f + Ops.Square(x));

    /// <summary>arsinh x.</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Asinh(x);
    }
}

/// <summary>Offers <see cref="AsinhOp"/> to users.</summary>
public static class AsinhEntry
{
    extension(Ops)
    {
        /// <summary>The inverse hyperbolic sine, element by element: arsinh x.</summary>
        /// <param name="x">A numeric tensor; integers become floating point.</param>
        public static Tensor Asinh(Tensor x) => AsinhOp.Instance.Apply(Promotion.Floating(x));
    }
}
