using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>min(max(x, 0), 6). Source: <c>tf.nn.relu6</c>.</summary>
public sealed record Relu6Op : UnaryOp<Relu6Op.Pieces>
{
    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Real;

    /// <inheritdoc/>
    protected override Pieces Body => new();

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => new PiecewiseGradientOp<Relu6>(new()).Apply(x, upstream);

    /// <summary>The function.</summary>
    public readonly struct Pieces : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            // The sum turns -0 into 0, as in the original.
            where V : struct, IVec<V> => V.Clamp(x, V.Create(0L), V.Create(6L)) + V.Create(0L);
    }

    /// <summary>Its slope, times the gradient of the output.</summary>
    public readonly record struct Relu6 : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => V.Select(V.GreaterThan(x, V.Create(0L)) & V.LessThan(x, V.Create(6L)), y, V.Create(0L));
    }
}

/// <summary>Offers <see cref="Relu6Op"/> to users.</summary>
public static class Relu6Entry
{
    extension(Ops)
    {
        /// <summary>min(max(x, 0), 6). Integers stay integers. Source: <c>tf.nn.relu6</c>.</summary>
        /// <param name="x">A tensor of real numbers.</param>
        public static Tensor Relu6(Tensor x) => new Relu6Op().Apply(Promotion.To(x, x.DType == DType.Bool ? DType.Int32 : x.DType));
    }
}
