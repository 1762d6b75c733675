using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>0 up to −1, x from 1, the parabola (x + 1)² / 4 between. Source: <c>keras.ops.sparse_plus</c>.</summary>
public sealed record SparsePlusOp : UnaryOp<SparsePlusOp.Pieces>
{
    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => upstream * Ops.SparseSigmoid(x);

    /// <summary>The function.</summary>
    public readonly struct Pieces : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V>
        {
            var shifted = x + V.Create(1L);
            return V.Select(V.LessThanOrEqual(x, V.Create(-1L)), V.Create(0L), V.Select(V.LessThan(x, V.Create(1L)), V.Create(0.25) * shifted * shifted, x));
        }
    }
}

/// <summary>Offers <see cref="SparsePlusOp"/> to users.</summary>
public static class SparsePlusEntry
{
    extension(Ops)
    {
        /// <summary>0 up to −1, x from 1, the parabola (x + 1)² / 4 between. Source: <c>keras.ops.sparse_plus</c>.</summary>
        /// <param name="x">A tensor.</param>
        public static Tensor SparsePlus(Tensor x) => new SparsePlusOp().Apply(Promotion.Floating(x));
    }
}
