using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The sine, element by element: sin x. Source: <c>tf.sin</c>.</summary>
public sealed record SinOp : UnaryOp<SinOp.Function>
{
    internal static readonly SinOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating | DTypes.Complex;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => upstream * Ops.Cos(Ops.Conj(x));

    /// <summary>sin x.</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Sin(x);
    }
}

/// <summary>Offers <see cref="SinOp"/> to users.</summary>
public static class SinEntry
{
    extension(Ops)
    {
        /// <summary>The sine, element by element: sin x.</summary>
        /// <param name="x">A numeric tensor; integers become floating point.</param>
        public static Tensor Sin(Tensor x) => SinOp.Instance.Apply(Promotion.Floating(x));
    }
}
