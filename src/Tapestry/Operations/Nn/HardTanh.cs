using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>x limited to [−1, 1]. Source: <c>keras.ops.hard_tanh</c>.</summary>
public sealed record HardTanhOp : UnaryOp<HardTanhOp.Pieces>
{
    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating;

    /// <inheritdoc/>
    protected override Pieces Body => new();

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => new PiecewiseGradientOp<HardTanh>(new()).Apply(x, upstream);

    /// <summary>The function.</summary>
    public readonly struct Pieces : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Clamp(x, V.Create(-1L), V.Create(1L));
    }

    /// <summary>Its slope, times the gradient of the output.</summary>
    public readonly record struct HardTanh : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => V.Select(V.LessThanOrEqual(V.Abs(x), V.Create(1L)), y, V.Create(0L));
    }
}

/// <summary>Offers <see cref="HardTanhOp"/> to users.</summary>
public static class HardTanhEntry
{
    extension(Ops)
    {
        /// <summary>x limited to [−1, 1]. Source: <c>keras.ops.hard_tanh</c>.</summary>
        /// <param name="x">A tensor.</param>
        public static Tensor HardTanh(Tensor x) => new HardTanhOp().Apply(Promotion.Floating(x));
    }
}
