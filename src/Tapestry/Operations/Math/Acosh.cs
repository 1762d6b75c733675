using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The inverse hyperbolic cosine, element by element: arcosh x. Source: <c>tf.acosh</c>.</summary>
public sealed record AcoshOp : UnaryOp<AcoshOp.Function>
{
    internal static readonly AcoshOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => upstream / Ops.Sinh(y);

    /// <summary>arcosh x.</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Acosh(x);
    }
}

/// <summary>Offers <see cref="AcoshOp"/> to users.</summary>
public static class AcoshEntry
{
    extension(Ops)
    {
        /// <summary>The inverse hyperbolic cosine, element by element: arcosh x.</summary>
        /// <param name="x">A numeric tensor; integers become floating point.</param>
        public static Tensor Acosh(Tensor x) => AcoshOp.Instance.Apply(Promotion.Floating(x));
    }
}
