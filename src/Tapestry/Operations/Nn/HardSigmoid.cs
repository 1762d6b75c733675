namespace Tapestry;

/// <summary>A sigmoid of straight lines.</summary>
public static class HardSigmoidEntry
{
    extension(Ops)
    {
        /// <summary>(x + 3) / 6 cut off below 0 and above 1, element by element. Source: <c>keras.ops.hard_sigmoid</c>.</summary>
        /// <param name="x">A tensor; integers become floating point.</param>
        public static Tensor HardSigmoid(Tensor x)
        {
            x = Promotion.Floating(x);
            return Ops.Relu6(x + 3.0) / 6.0;
        }
    }
}
