using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>0 up to −1, 1 from 1, the straight line (x + 1) / 2 between. Source: <c>keras.ops.sparse_sigmoid</c>.</summary>
public sealed record SparseSigmoidOp : UnaryOp<SparseSigmoidOp.Pieces>
{
    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating;

    /// <inheritdoc/>
    protected override Pieces Body => new();

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => new PiecewiseGradientOp<SparseSigmoid>(new()).Apply(x, upstream);

    /// <summary>The function.</summary>
    public readonly struct Pieces : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Select(V.LessThanOrEqual(x, V.Create(-1L)), V.Create(0L), V.Select(V.GreaterThanOrEqual(x, V.Create(1L)), V.Create(1L), V.Create(0.5) * (x + V.Create(1L))));
    }

    /// <summary>Its slope, times the gradient of the output.</summary>
    public readonly record struct SparseSigmoid : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => V.Select(V.LessThanOrEqual(x, V.Create(-1L)) | V.GreaterThanOrEqual(x, V.Create(1L)), V.Create(0L), y * V.Create(0.5));
    }
}

/// <summary>Offers <see cref="SparseSigmoidOp"/> to users.</summary>
public static class SparseSigmoidEntry
{
    extension(Ops)
    {
        /// <summary>0 up to −1, 1 from 1, the straight line (x + 1) / 2 between. Source: <c>keras.ops.sparse_sigmoid</c>.</summary>
        /// <param name="x">A tensor.</param>
        public static Tensor SparseSigmoid(Tensor x) => new SparseSigmoidOp().Apply(Promotion.Floating(x));
    }
}
