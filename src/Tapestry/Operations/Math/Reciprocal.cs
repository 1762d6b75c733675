using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The reciprocal, element by element: 1/x. Source: <c>tf.math.reciprocal</c>.</summary>
public sealed record ReciprocalOp : UnaryOp<ReciprocalOp.Function>
{
    internal static readonly ReciprocalOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating | DTypes.Complex;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => -upstream * Ops.Square(Ops.Conj(y));

    /// <summary>1/x.</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Reciprocal(x);
    }
}

/// <summary>Offers <see cref="ReciprocalOp"/> to users.</summary>
public static class ReciprocalEntry
{
    extension(Ops)
    {
        /// <summary>The reciprocal, element by element: 1/x.</summary>
        /// <param name="x">A numeric tensor; integers become floating point.</param>
        public static Tensor Reciprocal(Tensor x) => ReciprocalOp.Instance.Apply(Promotion.Floating(x));
    }
}
