namespace Tapestry;

/// <summary>Quotients rounded toward zero.</summary>
public static class TruncateDivEntry
{
    extension(Ops)
    {
        /// <summary>The quotient rounded toward 0, element by element, with broadcasting: trunc(x / y). Integers give 0 where the divisor is 0. Source: <c>tf.truncatediv</c>.</summary>
        /// <param name="x">A tensor of real numbers.</param>
        /// <param name="y">A tensor whose shape broadcasts with that of <paramref name="x"/>.</param>
        public static Tensor TruncateDiv(Tensor x, Tensor y)
        {
            Promotion.Unify(ref x, ref y);
            // What is left by the remainder is divided without rounding.
            return x.DType.IsFloating ? Ops.Trunc(x / y) : Ops.FloorDiv(x - Ops.TruncateMod(x, y), y);
        }
    }
}
