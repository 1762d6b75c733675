using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The arc cosine, element by element: arccos x. Source: <c>tf.acos</c>.</summary>
public sealed record AcosOp : UnaryOp<AcosOp.Function>
{
    internal static readonly AcosOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => -upstream * Ops.Rsqrt(1f - Ops.Square(x));

    /// <summary>arccos x.</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Acos(x);
    }
}

/// <summary>Offers <see cref="AcosOp"/> to users.</summary>
public static class AcosEntry
{
    extension(Ops)
    {
        /// <summary>The arc cosine, element by element: arccos x.</summary>
        /// <param name="x">A numeric tensor; integers become floating point.</param>
        public static Tensor Acos(Tensor x) => AcosOp.Instance.Apply(Promotion.Floating(x));
    }
}
