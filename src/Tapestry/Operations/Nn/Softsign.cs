using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>A step from −1 to 1 with broad tails, element by element: x / (1 + |x|). Source: <c>keras.ops.softsign</c>.</summary>
public sealed record SoftsignOp : UnaryOp<SoftsignOp.Function>
{
    internal static readonly SoftsignOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => upstream / Ops.Square(1.0 + Ops.Abs(x));

    /// <summary>x / (1 + |x|).</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => x / (V.Create(1L) + V.Abs(x));
    }
}

/// <summary>Offers <see cref="SoftsignOp"/> to users.</summary>
public static class SoftsignEntry
{
    extension(Ops)
    {
        /// <summary>x / (1 + |x|), element by element. Source: <c>keras.ops.softsign</c>, <c>tf.nn.softsign</c>.</summary>
        /// <param name="x">A tensor; integers become floating point.</param>
        public static Tensor Softsign(Tensor x) => SoftsignOp.Instance.Apply(Promotion.Floating(x));
    }
}
