namespace Tapestry;

/// <summary>Limits elements to an interval.</summary>
public static class ClipByValueEntry
{
    extension(Ops)
    {
        /// <summary>The elements limited to [<paramref name="minimum"/>, <paramref name="maximum"/>]. Source: <c>tf.clip_by_value</c>.</summary>
        /// <param name="x">A tensor of real numbers.</param>
        /// <param name="minimum">The lower limit, of a shape that broadcasts.</param>
        /// <param name="maximum">The upper limit, of a shape that broadcasts.</param>
        public static Tensor ClipByValue(Tensor x, Tensor minimum, Tensor maximum) => Ops.Maximum(Ops.Minimum(x, maximum), minimum);
    }
}
