using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The rectifier, element by element: max(x, 0). Source: <c>tf.nn.relu</c>.</summary>
public sealed record ReluOp : UnaryOp<ReluOp.Function>
{
    internal static readonly ReluOp Instance = new();

    /// <summary>Its gradient, from its result or its argument.</summary>
    internal static readonly PiecewiseGradientOp<Relu> Slope = new(default);

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Real;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => Slope.Apply(y, upstream);

    /// <summary>The upstream gradient where the result is positive, else 0.</summary>
    public readonly struct Relu : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => V.Select(V.GreaterThan(x, V.Create(0L)), y, V.Create(0L));
    }

    /// <summary>max(x, 0).</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Maximum(x, V.Create(0L));
    }
}

/// <summary>Offers <see cref="ReluOp"/> to users.</summary>
public static class ReluEntry
{
    extension(Ops)
    {
        /// <summary>The rectifier, element by element: max(x, 0).</summary>
        /// <param name="x">A tensor of real numbers.</param>
        public static Tensor Relu(Tensor x) => ReluOp.Instance.Apply(Promotion.To(x, x.DType));
    }
}
