using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The inverse hyperbolic tangent, element by element: artanh x. Source: <c>tf.atanh</c>.</summary>
public sealed record AtanhOp : UnaryOp<AtanhOp.Function>
{
    internal static readonly AtanhOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => upstream / (1f - Ops.Square(x));

    /// <summary>artanh x.</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Atanh(x);
    }
}

/// <summary>Offers <see cref="AtanhOp"/> to users.</summary>
public static class AtanhEntry
{
    extension(Ops)
    {
        /// <summary>The inverse hyperbolic tangent, element by element: artanh x.</summary>
        /// <param name="x">A numeric tensor; integers become floating point.</param>
        public static Tensor Atanh(Tensor x) => AtanhOp.Instance.Apply(Promotion.Floating(x));
    }
}
