using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The hyperbolic tangent, element by element: tanh x. Source: <c>tf.tanh</c>.</summary>
public sealed record TanhOp : UnaryOp<TanhOp.Function>
{
    internal static readonly TanhOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating | DTypes.Complex;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => upstream * (1f - Ops.Square(Ops.Conj(y)));

    /// <summary>tanh x.</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Tanh(x);
    }
}

/// <summary>Offers <see cref="TanhOp"/> to users.</summary>
public static class TanhEntry
{
    extension(Ops)
    {
        /// <summary>The hyperbolic tangent, element by element: tanh x.</summary>
        /// <param name="x">A numeric tensor; integers become floating point.</param>
        public static Tensor Tanh(Tensor x) => TanhOp.Instance.Apply(Promotion.Floating(x));
    }
}
