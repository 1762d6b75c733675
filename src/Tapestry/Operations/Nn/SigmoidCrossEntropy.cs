using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>
/// The cross entropy of independent truth values, from logits x and labels z: max(x, 0) − x·z + ln(1 + exp(−|x|)).
/// Source: <c>tf.nn.sigmoid_cross_entropy_with_logits</c>.
/// </summary>
public sealed record SigmoidCrossEntropyOp : BinaryOp<SigmoidCrossEntropyOp.Entropy>
{
    internal static readonly SigmoidCrossEntropyOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? GradientLeft(Tensor x, Tensor y, Tensor z, Tensor upstream) => upstream * (Ops.Sigmoid(x) - y);

    /// <inheritdoc/>
    protected override Tensor? GradientRight(Tensor x, Tensor y, Tensor z, Tensor upstream) => -upstream * x;

    /// <summary>max(x, 0) − x·z + ln(1 + exp(−|x|)).</summary>
    public readonly struct Entropy : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => V.Maximum(x, V.Create(0L)) - x * y + V.Log1p(V.Exp(-V.Abs(x)));
    }
}

/// <summary>Offers <see cref="SigmoidCrossEntropyOp"/> to users.</summary>
public static class SigmoidCrossEntropyEntry
{
    extension(Ops)
    {
        /// <summary>
        /// −z·ln σ(x) − (1 − z)·ln(1 − σ(x)) for labels z and logits x, element by element, in a form that neither overflows nor loses digits.
        /// Source: <c>tf.nn.sigmoid_cross_entropy_with_logits</c>.
        /// </summary>
        /// <param name="labels">Probabilities, of the shape of the logits.</param>
        /// <param name="logits">Unscaled logarithms of odds.</param>
        /// <exception cref="TapestryException">The shapes differ.</exception>
        public static Tensor SigmoidCrossEntropyWithLogits(Tensor labels, Tensor logits)
        {
            Promotion.UnifyFloating(ref labels, ref logits);
            if (!labels.Shape.IsCompatibleWith(logits.Shape)) throw new TapestryException("SigmoidCrossEntropy", "labels and logits have different shapes", $"labels {labels.Spec}, logits {logits.Spec}", "equal shapes");
            return SigmoidCrossEntropyOp.Instance.Apply(logits, labels);
        }
    }
}
