namespace Tapestry;

/// <summary>Both rectified halves of a tensor side by side.</summary>
public static class ConcatenatedReluEntry
{
    extension(Ops)
    {
        /// <summary>relu(x) and relu(−x) side by side along an axis, which becomes twice as long. Source: <c>tf.nn.crelu</c>.</summary>
        /// <param name="x">A tensor of real numbers.</param>
        /// <param name="axis">The axis.</param>
        /// <exception cref="TapestryException">There is no such axis.</exception>
        public static Tensor ConcatenatedRelu(Tensor x, int axis = -1)
        {
            x = Promotion.To(x, x.DType);
            return Ops.Concat([Ops.Relu(x), Ops.Relu(-x)], axis);
        }
    }
}
