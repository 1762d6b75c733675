using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The square root, element by element: √x. Source: <c>tf.sqrt</c>.</summary>
public sealed record SqrtOp : UnaryOp<SqrtOp.Function>
{
    internal static readonly SqrtOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating | DTypes.Complex;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => x.DType.IsComplex ? upstream * 0.5f / Ops.Conj(y) : SqrtGradientOp.Instance.Apply(upstream * 0.5f, y);

    /// <summary>√x.</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Sqrt(x);
    }
}

/// <summary>
/// x / y, but 0 where x is 0: nothing that flows into a root of 0 stays nothing, where 0 / 0 would spoil the gradients of everything before.
/// Source: the gradient of <c>tf.sqrt</c>.
/// </summary>
sealed record SqrtGradientOp : BinaryOp<SqrtGradientOp.Function>
{
    internal static readonly SqrtGradientOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating;

    /// <inheritdoc/>
    protected override Tensor? GradientLeft(Tensor x, Tensor y, Tensor z, Tensor upstream) => Instance.Apply(upstream, y);

    /// <inheritdoc/>
    protected override Tensor? GradientRight(Tensor x, Tensor y, Tensor z, Tensor upstream) => -Instance.Apply(upstream * z, y);

    /// <summary>x / y, 0 where x is 0.</summary>
    public readonly struct Function : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => V.Select(V.Equal(x, V.Create(0L)), V.Create(0L), x / y);
    }
}

/// <summary>Offers <see cref="SqrtOp"/> to users.</summary>
public static class SqrtEntry
{
    extension(Ops)
    {
        /// <summary>The square root, element by element: √x.</summary>
        /// <param name="x">A numeric tensor; integers become floating point.</param>
        public static Tensor Sqrt(Tensor x) => SqrtOp.Instance.Apply(Promotion.Floating(x));
    }
}
