using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The nearest whole number, halves to the even one, element by element: round(x). Source: <c>tf.round</c>.</summary>
public sealed record RoundOp : UnaryOp<RoundOp.Function>
{
    internal static readonly RoundOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Real;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => null;

    /// <summary>round(x).</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Round(x);
    }
}

/// <summary>Offers <see cref="RoundOp"/> to users.</summary>
public static class RoundEntry
{
    extension(Ops)
    {
        /// <summary>The nearest whole number, halves to the even one, element by element: round(x).</summary>
        /// <param name="x">A tensor of real numbers.</param>
        public static Tensor Round(Tensor x) => RoundOp.Instance.Apply(Promotion.To(x, x.DType));
    }
}
