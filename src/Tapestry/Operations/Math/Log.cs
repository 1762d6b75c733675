using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The natural logarithm, element by element: ln x. Source: <c>tf.math.log</c>.</summary>
public sealed record LogOp : UnaryOp<LogOp.Function>
{
    internal static readonly LogOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating | DTypes.Complex;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => upstream / Ops.Conj(x);

    /// <summary>ln x.</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Log(x);
    }
}

/// <summary>Offers <see cref="LogOp"/> to users.</summary>
public static class LogEntry
{
    extension(Ops)
    {
        /// <summary>The natural logarithm, element by element: ln x.</summary>
        /// <param name="x">A numeric tensor; integers become floating point.</param>
        public static Tensor Log(Tensor x) => LogOp.Instance.Apply(Promotion.Floating(x));
    }
}
