using Tapestry.Kernels.Loops;

namespace Tapestry;

/// <summary>
/// Random float32 factors for dropout: 0 with a probability, else what keeps the expected value. The first input gives the shape, the second,
/// two int64 numbers, decides the values.
/// </summary>
/// <param name="Rate">The probability of 0.</param>
/// <param name="NoiseShape">The dimensions of the result, of which unknown ones are those of the input; null takes its shape.</param>
public sealed record DropoutMaskOp(double Rate, Shape? NoiseShape) : Op
{
    /// <inheritdoc/>
    public override bool ReadsValue(int input) => input == 1;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        var shape = context.Shape(0);
        if (context.DType(1) != DType.Int64 || context.Shape(1).Size is not (2 or Shape.Unknown)) throw Refuse("the seed is wrong", context, "two int64 numbers");
        if (NoiseShape is not null)
        {
            if (NoiseShape.Rank != shape.Rank) throw Refuse($"the noise shape {NoiseShape} has another rank", context, $"{shape.Rank} dimensions");
            var dimensions = NoiseShape.ToArray();
            for (var i = 0; i < dimensions.Length; i++)
            {
                if (dimensions[i] == Shape.Unknown) dimensions[i] = shape[i];
                else if (dimensions[i] != 1 && dimensions[i] != shape[i] && shape[i] != Shape.Unknown) throw Refuse($"the noise shape {NoiseShape} does not broadcast", context, "1, or the size of the input");
            }

            shape = new Shape(dimensions);
        }

        context.Return(shape, DType.Float32);
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        // Nothing here depends smoothly on the inputs.
    }

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        var seed = context.Input<long>(1);
        RandomLoop.Keep(Philox.FromSeed(seed[0], seed[1]), (float)Rate, (float)(1 / (1 - Rate)), context.Output<float>(0));
    }
}

/// <summary>Offers dropout to users.</summary>
public static class DropoutEntry
{
    extension(Ops)
    {
        /// <summary>Sets a random share of the elements to 0 and divides the others by (1 - rate). Source: <c>tf.nn.experimental.stateless_dropout</c>.</summary>
        /// <param name="x">A floating-point tensor.</param>
        /// <param name="rate">The share, from 0 to 1.</param>
        /// <param name="seed">Two int64 numbers that decide which elements.</param>
        /// <param name="noiseShape">The shape of the pattern: 1 where it is the same along an axis of <paramref name="x"/>, null where it is not.</param>
        public static Tensor StatelessDropout(Tensor x, double rate, Tensor seed, Shape? noiseShape = null)
        {
            if (!(rate >= 0 && rate <= 1)) throw new TapestryException("StatelessDropout", "the rate is no share", $"{rate}", "0 to 1");
            return rate == 0 ? x : x * Ops.Cast(new DropoutMaskOp(rate, noiseShape).Apply(x, seed), x.DType);
        }
    }
}
