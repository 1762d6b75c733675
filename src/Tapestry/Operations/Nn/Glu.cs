namespace Tapestry;

/// <summary>The gated linear unit.</summary>
public static class GluEntry
{
    extension(Ops)
    {
        /// <summary>a · sigmoid(b), where a and b are the two halves of an axis. Source: <c>keras.ops.glu</c>.</summary>
        /// <param name="x">A tensor; integers become floating point.</param>
        /// <param name="axis">The axis that is halved; its length is even.</param>
        /// <exception cref="TapestryException">There is no such axis, or its length is odd.</exception>
        public static Tensor Glu(Tensor x, int axis = -1)
        {
            x = Promotion.Floating(x);
            var along = Axes.Ordered("Glu", [axis], x.Rank, x)[0];
            if (x.Shape[along] < 0 || x.Shape[along] % 2 != 0) throw new TapestryException("Glu", $"axis {axis} has no two halves", x.Spec.ToString(), "an axis of known, even length");
            var halves = Ops.Split(x, 2, along);
            return halves[0] * Ops.Sigmoid(halves[1]);
        }
    }
}
