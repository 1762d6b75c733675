using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>x where x &gt; 0, slope · x elsewhere. Source: <c>keras.ops.leaky_relu</c>.</summary>
/// <param name="NegativeSlope">The slope left of 0.</param>
public sealed record LeakyReluOp(double NegativeSlope) : UnaryOp<LeakyReluOp.Pieces>
{
    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating;

    /// <inheritdoc/>
    protected override Pieces Body => new(NegativeSlope);

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => new PiecewiseGradientOp<LeakyRelu>(new(NegativeSlope)).Apply(x, upstream);

    /// <summary>The function.</summary>
    /// <param name="negativeSlope">The slope left of 0.</param>
    public readonly struct Pieces(double negativeSlope) : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Select(V.GreaterThan(x, V.Create(0L)), x, x * V.Create(negativeSlope));
    }

    /// <summary>Its slope, times the gradient of the output.</summary>
    /// <param name="NegativeSlope">The slope left of 0.</param>
    public readonly record struct LeakyRelu(double NegativeSlope) : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => V.Select(V.GreaterThan(x, V.Create(0L)), y, y * V.Create(NegativeSlope));
    }
}

/// <summary>Offers <see cref="LeakyReluOp"/> to users.</summary>
public static class LeakyReluEntry
{
    extension(Ops)
    {
        /// <summary>x where x &gt; 0, slope · x elsewhere. Source: <c>keras.ops.leaky_relu</c>.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="negativeSlope">The slope left of 0.</param>
        public static Tensor LeakyRelu(Tensor x, double negativeSlope = 0.2) => new LeakyReluOp(negativeSlope).Apply(Promotion.Floating(x));
    }
}
