using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The natural logarithm of one more, element by element: ln(1 + x), precise near 0. Source: <c>tf.math.log1p</c>.</summary>
public sealed record Log1pOp : UnaryOp<Log1pOp.Function>
{
    internal static readonly Log1pOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => upstream / (1f + x);

    /// <summary>ln(1 + x), precise near 0.</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Log1p(x);
    }
}

/// <summary>Offers <see cref="Log1pOp"/> to users.</summary>
public static class Log1pEntry
{
    extension(Ops)
    {
        /// <summary>The natural logarithm of one more, element by element: ln(1 + x), precise near 0.</summary>
        /// <param name="x">A numeric tensor; integers become floating point.</param>
        public static Tensor Log1p(Tensor x) => Log1pOp.Instance.Apply(Promotion.Floating(x));
    }
}
