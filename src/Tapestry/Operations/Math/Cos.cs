using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The cosine, element by element: cos x. Source: <c>tf.cos</c>.</summary>
public sealed record CosOp : UnaryOp<CosOp.Function>
{
    internal static readonly CosOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating | DTypes.Complex;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => -upstream * Ops.Sin(Ops.Conj(x));

    /// <summary>cos x.</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Cos(x);
    }
}

/// <summary>Offers <see cref="CosOp"/> to users.</summary>
public static class CosEntry
{
    extension(Ops)
    {
        /// <summary>The cosine, element by element: cos x.</summary>
        /// <param name="x">A numeric tensor; integers become floating point.</param>
        public static Tensor Cos(Tensor x) => CosOp.Instance.Apply(Promotion.Floating(x));
    }
}
