namespace Tapestry;

/// <summary>Negation of truth values.</summary>
public static class LogicalNotEntry
{
    extension(Ops)
    {
        /// <summary>Where an element is false; numbers count as true unless they are 0. Source: <c>tf.logical_not</c>.</summary>
        /// <param name="x">A tensor.</param>
        public static Tensor LogicalNot(Tensor x) => Ops.LogicalXor(x, true);
    }
}
