namespace Tapestry;

/// <summary>Half of the sum of squares.</summary>
public static class L2LossEntry
{
    extension(Ops)
    {
        /// <summary>½ Σx² of all elements: a scalar. Source: <c>tf.nn.l2_loss</c>.</summary>
        /// <param name="x">A tensor; integers become floating point.</param>
        public static Tensor L2Loss(Tensor x) => Ops.Sum(Ops.Square(Promotion.Floating(x))) / 2.0;
    }
}
