using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The square root, element by element: √x. Source: <c>tf.sqrt</c>.</summary>
public sealed record SqrtOp : UnaryOp<SqrtOp.Function>
{
    internal static readonly SqrtOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => upstream * 0.5f / y;

    /// <summary>√x.</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Sqrt(x);
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
