namespace Tapestry;

/// <summary>Complex numbers from magnitude and angle.</summary>
public static class PolarEntry
{
    extension(Ops)
    {
        /// <summary>abs · (cos(angle) + i·sin(angle)), element by element. Source: <c>keras.ops.polar</c>.</summary>
        /// <param name="abs">The magnitudes.</param>
        /// <param name="angle">The angles in radians.</param>
        public static Tensor Polar(Tensor abs, Tensor angle)
        {
            Promotion.UnifyFloating(ref abs, ref angle);
            return Ops.Complex(abs * Ops.Cos(angle), abs * Ops.Sin(angle));
        }
    }
}
