namespace Tapestry;

/// <summary>The greater and the lesser of two numbers, of which NaN is none.</summary>
public static class FMaxEntry
{
    extension(Ops)
    {
        /// <summary>The greater of two elements, and the other one where one is NaN, with broadcasting. Source: <c>keras.ops.fmax</c>.</summary>
        /// <param name="x">A tensor of real numbers.</param>
        /// <param name="y">A tensor whose shape broadcasts with that of <paramref name="x"/>.</param>
        public static Tensor FMax(Tensor x, Tensor y)
        {
            Promotion.Unify(ref x, ref y);
            return x.DType.IsFloating ? Ops.Where(Ops.IsNaN(x), y, Ops.Where(Ops.IsNaN(y), x, Ops.Maximum(x, y))) : Ops.Maximum(x, y);
        }

        /// <summary>The lesser of two elements, and the other one where one is NaN, with broadcasting. Source: <c>keras.ops.fmin</c>.</summary>
        /// <param name="x">A tensor of real numbers.</param>
        /// <param name="y">A tensor whose shape broadcasts with that of <paramref name="x"/>.</param>
        public static Tensor FMin(Tensor x, Tensor y)
        {
            Promotion.Unify(ref x, ref y);
            return x.DType.IsFloating ? Ops.Where(Ops.IsNaN(x), y, Ops.Where(Ops.IsNaN(y), x, Ops.Minimum(x, y))) : Ops.Minimum(x, y);
        }
    }
}
