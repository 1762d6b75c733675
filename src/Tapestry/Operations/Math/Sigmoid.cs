using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The logistic function, element by element: 1 / (1 + e^(-x)). Source: <c>tf.sigmoid</c>.</summary>
public sealed record SigmoidOp : UnaryOp<SigmoidOp.Function>
{
    internal static readonly SigmoidOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => upstream * (y * (1f - y));

    /// <summary>1 / (1 + e^(-x)).</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Sigmoid(x);
    }
}

/// <summary>Offers <see cref="SigmoidOp"/> to users.</summary>
public static class SigmoidEntry
{
    extension(Ops)
    {
        /// <summary>The logistic function, element by element: 1 / (1 + e^(-x)).</summary>
        /// <param name="x">A numeric tensor; integers become floating point.</param>
        public static Tensor Sigmoid(Tensor x) => SigmoidOp.Instance.Apply(Promotion.Floating(x));
    }
}
