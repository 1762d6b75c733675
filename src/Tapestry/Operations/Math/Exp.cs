using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The exponential, element by element: e^x. Source: <c>tf.exp</c>.</summary>
public sealed record ExpOp : UnaryOp<ExpOp.Function>
{
    internal static readonly ExpOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating | DTypes.Complex;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => upstream * Ops.Conj(y);

    /// <summary>e^x.</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Exp(x);
    }
}

/// <summary>Offers <see cref="ExpOp"/> to users.</summary>
public static class ExpEntry
{
    extension(Ops)
    {
        /// <summary>The exponential, element by element: e^x.</summary>
        /// <param name="x">A numeric tensor; integers become floating point.</param>
        public static Tensor Exp(Tensor x) => ExpOp.Instance.Apply(Promotion.Floating(x));
    }
}
