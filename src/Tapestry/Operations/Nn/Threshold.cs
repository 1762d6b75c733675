using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>x where x &gt; threshold, a default elsewhere. Source: <c>keras.ops.threshold</c>.</summary>
/// <param name="Limit">The threshold.</param>
/// <param name="Otherwise">The value at and below the threshold.</param>
public sealed record ThresholdOp(double Limit, double Otherwise) : UnaryOp<ThresholdOp.Pieces>
{
    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating;

    /// <inheritdoc/>
    protected override Pieces Body => new(Limit, Otherwise);

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => new PiecewiseGradientOp<Threshold>(new(Limit, Otherwise)).Apply(x, upstream);

    /// <summary>The function.</summary>
    /// <param name="limit">The threshold.</param>
    /// <param name="otherwise">The value at and below the threshold.</param>
    public readonly struct Pieces(double limit, double otherwise) : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Select(V.GreaterThan(x, V.Create(limit)), x, V.Create(otherwise));
    }

    /// <summary>Its slope, times the gradient of the output.</summary>
    /// <param name="Limit">The threshold.</param>
    /// <param name="Otherwise">The value at and below the threshold.</param>
    public readonly record struct Threshold(double Limit, double Otherwise) : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => V.Select(V.GreaterThan(x, V.Create(Limit)), y, V.Create(0L));
    }
}

/// <summary>Offers <see cref="ThresholdOp"/> to users.</summary>
public static class ThresholdEntry
{
    extension(Ops)
    {
        /// <summary>x where x &gt; threshold, a default elsewhere. Source: <c>keras.ops.threshold</c>.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="threshold">The threshold.</param>
        /// <param name="defaultValue">The value at and below the threshold.</param>
        public static Tensor Threshold(Tensor x, double threshold, double defaultValue) => new ThresholdOp(threshold, defaultValue).Apply(Promotion.Floating(x));
    }
}
