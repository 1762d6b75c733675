using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>x where |x| &gt; threshold, 0 elsewhere. Source: <c>keras.ops.hard_shrink</c>.</summary>
/// <param name="Limit">The threshold.</param>
public sealed record HardShrinkOp(double Limit) : UnaryOp<HardShrinkOp.Pieces>
{
    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating;

    /// <inheritdoc/>
    protected override Pieces Body => new(Limit);

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => new PiecewiseGradientOp<HardShrink>(new(Limit)).Apply(x, upstream);

    /// <summary>The function.</summary>
    /// <param name="limit">The threshold.</param>
    public readonly struct Pieces(double limit) : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Select(V.GreaterThan(V.Abs(x), V.Create(limit)), x, V.Create(0L));
    }

    /// <summary>Its slope, times the gradient of the output.</summary>
    /// <param name="Limit">The threshold.</param>
    public readonly record struct HardShrink(double Limit) : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => V.Select(V.GreaterThan(V.Abs(x), V.Create(Limit)), y, V.Create(0L));
    }
}

/// <summary>Offers <see cref="HardShrinkOp"/> to users.</summary>
public static class HardShrinkEntry
{
    extension(Ops)
    {
        /// <summary>x where |x| &gt; threshold, 0 elsewhere. Source: <c>keras.ops.hard_shrink</c>.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="threshold">The greatest magnitude that becomes 0.</param>
        public static Tensor HardShrink(Tensor x, double threshold = 0.5) => new HardShrinkOp(threshold).Apply(Promotion.Floating(x));
    }
}
