using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>x moved towards 0 by the threshold; 0 where |x| is not above it. Source: <c>keras.ops.soft_shrink</c>.</summary>
/// <param name="Limit">The threshold.</param>
public sealed record SoftShrinkOp(double Limit) : UnaryOp<SoftShrinkOp.Pieces>
{
    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating;

    /// <inheritdoc/>
    protected override Pieces Body => new(Limit);

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => new PiecewiseGradientOp<SoftShrink>(new(Limit)).Apply(x, upstream);

    /// <summary>The function.</summary>
    /// <param name="limit">The threshold.</param>
    public readonly struct Pieces(double limit) : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Select(V.GreaterThan(x, V.Create(limit)), x - V.Create(limit), V.Select(V.LessThan(x, V.Create(-limit)), x + V.Create(limit), V.Create(0L)));
    }

    /// <summary>Its slope, times the gradient of the output.</summary>
    /// <param name="Limit">The threshold.</param>
    public readonly record struct SoftShrink(double Limit) : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => V.Select(V.GreaterThan(x, V.Create(Limit)) | V.LessThan(x, V.Create(-Limit)), y, V.Create(0L));
    }
}

/// <summary>Offers <see cref="SoftShrinkOp"/> to users.</summary>
public static class SoftShrinkEntry
{
    extension(Ops)
    {
        /// <summary>x moved towards 0 by the threshold; 0 where |x| is not above it. Source: <c>keras.ops.soft_shrink</c>.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="threshold">How far values move.</param>
        public static Tensor SoftShrink(Tensor x, double threshold = 0.5) => new SoftShrinkOp(threshold).Apply(Promotion.Floating(x));
    }
}
