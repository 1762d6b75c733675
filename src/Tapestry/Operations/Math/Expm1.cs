using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The exponential less one, element by element: e^x - 1, precise near 0. Source: <c>tf.math.expm1</c>.</summary>
public sealed record Expm1Op : UnaryOp<Expm1Op.Function>
{
    internal static readonly Expm1Op Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => upstream * Ops.Exp(x);

    /// <summary>e^x - 1, precise near 0.</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Expm1(x);
    }
}

/// <summary>Offers <see cref="Expm1Op"/> to users.</summary>
public static class Expm1Entry
{
    extension(Ops)
    {
        /// <summary>The exponential less one, element by element: e^x - 1, precise near 0.</summary>
        /// <param name="x">A numeric tensor; integers become floating point.</param>
        public static Tensor Expm1(Tensor x) => Expm1Op.Instance.Apply(Promotion.Floating(x));
    }
}
