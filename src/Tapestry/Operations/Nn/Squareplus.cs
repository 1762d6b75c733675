namespace Tapestry;

/// <summary>A rectifier with a round corner that needs no exponential function.</summary>
public static class SquareplusEntry
{
    extension(Ops)
    {
        /// <summary>(x + √(x² + b)) / 2, element by element. Source: <c>keras.ops.squareplus</c>.</summary>
        /// <param name="x">A tensor; integers become floating point.</param>
        /// <param name="b">How round the corner is.</param>
        public static Tensor Squareplus(Tensor x, double b = 4)
        {
            x = Promotion.Floating(x);
            return (x + Ops.Sqrt(x * x + b)) / 2.0;
        }
    }
}
