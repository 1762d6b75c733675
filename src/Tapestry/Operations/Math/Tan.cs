using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The tangent, element by element: tan x. Source: <c>tf.tan</c>.</summary>
public sealed record TanOp : UnaryOp<TanOp.Function>
{
    internal static readonly TanOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => upstream * (1f + Ops.Square(y));

    /// <summary>tan x.</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Tan(x);
    }
}

/// <summary>Offers <see cref="TanOp"/> to users.</summary>
public static class TanEntry
{
    extension(Ops)
    {
        /// <summary>The tangent, element by element: tan x.</summary>
        /// <param name="x">A numeric tensor; integers become floating point.</param>
        public static Tensor Tan(Tensor x) => TanOp.Instance.Apply(Promotion.Floating(x));
    }
}
