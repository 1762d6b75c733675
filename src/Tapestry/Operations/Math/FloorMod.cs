using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The remainder with the sign of the divisor, element by element: x - ⌊x / y⌋ y. Source: <c>tf.math.floormod</c>.</summary>
public sealed record FloorModOp : BinaryOp<FloorModOp.Function>
{
    internal static readonly FloorModOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Real;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? GradientLeft(Tensor x, Tensor y, Tensor z, Tensor upstream) => upstream;

    /// <inheritdoc/>
    protected override Tensor? GradientRight(Tensor x, Tensor y, Tensor z, Tensor upstream) => -upstream * Ops.FloorDiv(x, y);

    /// <summary>x - ⌊x / y⌋ y.</summary>
    public readonly struct Function : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => V.FloorModulo(x, y);
    }
}

/// <summary>Offers <see cref="FloorModOp"/> to users.</summary>
public static class FloorModEntry
{
    extension(Ops)
    {
        /// <summary>The remainder with the sign of the divisor, element by element, with broadcasting: x - ⌊x / y⌋ y.</summary>
        /// <param name="x">A tensor of a numeric dtype.</param>
        /// <param name="y">A tensor whose shape broadcasts with that of <paramref name="x"/>.</param>
        public static Tensor FloorMod(Tensor x, Tensor y)
        {
            Promotion.Unify(ref x, ref y);
            if (x.DType == DType.Bool) (x, y) = (Ops.Cast(x, DType.Int32), Ops.Cast(y, DType.Int32));
            return FloorModOp.Instance.Apply(x, y);
        }
    }

    extension(Tensor)
    {
        /// <summary>The remainder with the sign of the divisor, element by element, with broadcasting.</summary>
        public static Tensor operator %(Tensor x, Tensor y) => Ops.FloorMod(x, y);
    }

    extension(Variable)
    {
        /// <summary>The remainder with the sign of the divisor, element by element, with broadcasting.</summary>
        public static Tensor operator %(Variable x, Tensor y) => Ops.FloorMod(x, y);

        /// <summary>The remainder with the sign of the divisor, element by element, with broadcasting.</summary>
        public static Tensor operator %(Tensor x, Variable y) => Ops.FloorMod(x, y);

        /// <summary>The remainder with the sign of the divisor, element by element, with broadcasting.</summary>
        public static Tensor operator %(Variable x, Variable y) => Ops.FloorMod(x, y);
    }
}
