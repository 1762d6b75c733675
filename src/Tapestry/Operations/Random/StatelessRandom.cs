using Tapestry.Kernels.Loops;

namespace Tapestry;

/// <summary>How random numbers are spread.</summary>
public enum RandomDistribution
{
    /// <summary>Evenly over [0, 1).</summary>
    Uniform,

    /// <summary>Normally, with mean 0 and standard deviation 1.</summary>
    Normal,

    /// <summary>Normally, with those beyond two standard deviations drawn anew.</summary>
    TruncatedNormal,
}

/// <summary>
/// Random floating-point numbers that follow from a seed alone, two int64 numbers: the stream of TensorFlow's Philox generator. A second input, if there is one,
/// gives the shape. Source: <c>tf.random.stateless_normal</c> and its kin.
/// </summary>
/// <param name="Distribution">How they are spread.</param>
/// <param name="DType">The dtype.</param>
/// <param name="Shape">The shape; null takes that of the second input.</param>
public sealed record StatelessRandomOp(RandomDistribution Distribution, DType DType, Shape? Shape) : Op
{
    /// <inheritdoc/>
    public override bool ReadsValue(int input) => input == 0;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        if (context.DType(0) != DType.Int64 || context.Shape(0).Size is not (2 or Shape.Unknown)) throw Refuse("the seed is wrong", context, "two int64 numbers");
        if (!DType.IsFloating) throw Refuse($"{DType} has no fractions", context, "float16, bfloat16, float32 or float64");
        context.Return(Shape ?? context.Shape(1), DType);
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        // Nothing here depends smoothly on the inputs.
    }

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        var seed = context.Input<long>(0);
        var stream = Philox.FromSeed(seed[0], seed[1]);
        switch (DType.Code)
        {
            case DTypeCode.Float64: Fill(stream, context.Output<double>(0)); break;
            case DTypeCode.Float32: Fill(stream, context.Output<float>(0)); break;
            case DTypeCode.Float16: FillHalf(stream, context.Output<Half>(0)); break;
            default: FillBFloat16(stream, context.Output<BFloat16>(0)); break;
        }
    }

    void Fill(Philox stream, Span<float> numbers)
    {
        if (Distribution == RandomDistribution.Uniform) RandomLoop.Uniform(stream, numbers);
        else if (Distribution == RandomDistribution.Normal) RandomLoop.Normal(stream, numbers);
        else RandomLoop.TruncatedNormal(stream, numbers);
    }

    void Fill(Philox stream, Span<double> numbers)
    {
        if (Distribution == RandomDistribution.Uniform) RandomLoop.Uniform(stream, numbers);
        else if (Distribution == RandomDistribution.Normal) RandomLoop.Normal(stream, numbers);
        else RandomLoop.TruncatedNormal(stream, numbers);
    }

    void FillHalf(Philox stream, Span<Half> numbers)
    {
        if (Distribution == RandomDistribution.Uniform)
        {
            RandomLoop.Uniform(stream, numbers);
            return;
        }

        var wide = new float[numbers.Length];
        Fill(stream, wide);
        for (var i = 0; i < wide.Length; i++) numbers[i] = (Half)wide[i];
    }

    void FillBFloat16(Philox stream, Span<BFloat16> numbers)
    {
        if (Distribution == RandomDistribution.Uniform)
        {
            RandomLoop.Uniform(stream, numbers);
            return;
        }

        var wide = new float[numbers.Length];
        Fill(stream, wide);
        for (var i = 0; i < wide.Length; i++) numbers[i] = (BFloat16)wide[i];
    }
}

/// <summary>Random whole numbers from a range that follow from a seed alone. Source: <c>tf.random.stateless_uniform</c>.</summary>
/// <param name="Minval">The least.</param>
/// <param name="Maxval">The one behind the greatest.</param>
/// <param name="DType">int32 or int64.</param>
/// <param name="Shape">The shape.</param>
public sealed record StatelessIntegersOp(long Minval, long Maxval, DType DType, Shape Shape) : Op
{
    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        if (context.DType(0) != DType.Int64 || context.Shape(0).Size is not (2 or Shape.Unknown)) throw Refuse("the seed is wrong", context, "two int64 numbers");
        if (!Positions.IsIndex(DType)) throw Refuse($"{DType} is not offered", context, "int32 or int64", "Convert with Ops.Cast.");
        if (Minval >= Maxval) throw Refuse($"there is no number from {Minval} to below {Maxval}", context, "a minval below the maxval");
        context.Return(Shape, DType);
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        // Nothing here depends smoothly on the inputs.
    }

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        var seed = context.Input<long>(0);
        var stream = Philox.FromSeed(seed[0], seed[1]);
        if (DType == DType.Int32) RandomLoop.Uniform(stream, (int)Minval, (int)Maxval, context.Output<int>(0));
        else RandomLoop.Uniform(stream, Minval, Maxval, context.Output<long>(0));
    }
}

/// <summary>Offers random numbers from a seed to users.</summary>
public static class StatelessRandomEntry
{
    extension(Ops)
    {
        /// <summary>Numbers spread evenly over [minval, maxval). Source: <c>tf.random.stateless_uniform</c>.</summary>
        /// <param name="shape">The shape, fully known.</param>
        /// <param name="seed">Two whole numbers that decide the values.</param>
        /// <param name="minval">The least number.</param>
        /// <param name="maxval">The limit above, which is left out; 1 by default, needed for whole numbers.</param>
        /// <param name="dtype">A floating-point dtype, int32 or int64; <see cref="DType.DefaultFloat"/> by default.</param>
        /// <exception cref="TapestryException">The seed, the range or the dtype does not fit.</exception>
        public static Tensor StatelessUniform(Shape shape, Tensor seed, double minval = 0, double? maxval = null, DType? dtype = null)
        {
            dtype ??= DType.DefaultFloat;
            if (dtype.IsInteger) return new StatelessIntegersOp((long)minval, (long)(maxval ?? throw new TapestryException("StatelessUniform", "whole numbers have no natural limit", dtype.Name, "maxval")), dtype, shape).Apply(Seed(seed));
            return Spread(Draw(RandomDistribution.Uniform, shape, seed, dtype), (maxval ?? 1) - minval, minval);
        }

        /// <summary>Normally distributed numbers. Source: <c>tf.random.stateless_normal</c>.</summary>
        /// <param name="shape">The shape, fully known.</param>
        /// <param name="seed">Two whole numbers that decide the values.</param>
        /// <param name="mean">Their mean.</param>
        /// <param name="stddev">Their standard deviation.</param>
        /// <param name="dtype">A floating-point dtype; <see cref="DType.DefaultFloat"/> by default.</param>
        /// <exception cref="TapestryException">The seed or the dtype does not fit.</exception>
        public static Tensor StatelessNormal(Shape shape, Tensor seed, double mean = 0, double stddev = 1, DType? dtype = null) =>
            Spread(Draw(RandomDistribution.Normal, shape, seed, dtype ?? DType.DefaultFloat), stddev, mean);

        /// <summary>Normally distributed numbers, those beyond two standard deviations drawn anew. Source: <c>tf.random.stateless_truncated_normal</c>.</summary>
        /// <param name="shape">The shape, fully known.</param>
        /// <param name="seed">Two whole numbers that decide the values.</param>
        /// <param name="mean">Their mean.</param>
        /// <param name="stddev">Their standard deviation before drawing anew.</param>
        /// <param name="dtype">A floating-point dtype; <see cref="DType.DefaultFloat"/> by default.</param>
        /// <exception cref="TapestryException">The seed or the dtype does not fit.</exception>
        public static Tensor StatelessTruncatedNormal(Shape shape, Tensor seed, double mean = 0, double stddev = 1, DType? dtype = null) =>
            Spread(Draw(RandomDistribution.TruncatedNormal, shape, seed, dtype ?? DType.DefaultFloat), stddev, mean);

        /// <summary>Numbers spread evenly over [minval, maxval) in the shape of a tensor, which may be unknown while a function is traced.</summary>
        /// <param name="x">The floating-point tensor whose shape and dtype are taken; its values do not matter.</param>
        /// <param name="seed">Two whole numbers that decide the values.</param>
        /// <param name="minval">The least number.</param>
        /// <param name="maxval">The limit above, which is left out.</param>
        public static Tensor StatelessUniformLike(Tensor x, Tensor seed, double minval = 0, double maxval = 1) =>
            Spread(new StatelessRandomOp(RandomDistribution.Uniform, x.DType, null).Apply(Seed(seed), x), maxval - minval, minval);

        /// <summary>Normally distributed numbers in the shape of a tensor, which may be unknown while a function is traced.</summary>
        /// <param name="x">The floating-point tensor whose shape and dtype are taken; its values do not matter.</param>
        /// <param name="seed">Two whole numbers that decide the values.</param>
        /// <param name="mean">Their mean.</param>
        /// <param name="stddev">Their standard deviation.</param>
        public static Tensor StatelessNormalLike(Tensor x, Tensor seed, double mean = 0, double stddev = 1) =>
            Spread(new StatelessRandomOp(RandomDistribution.Normal, x.DType, null).Apply(Seed(seed), x), stddev, mean);
    }

    /// <summary>A seed as two int64 numbers.</summary>
    internal static Tensor Seed(Tensor seed)
    {
        if (!seed.DType.IsInteger || seed.Shape.Size is not (2 or Shape.Unknown)) throw new TapestryException("StatelessRandom", "the seed is wrong", seed.Spec.ToString(), "two whole numbers");
        return Promotion.To(seed, DType.Int64);
    }

    static Tensor Draw(RandomDistribution distribution, Shape shape, Tensor seed, DType dtype)
    {
        if (!shape.IsFullyKnown) throw new TapestryException("StatelessRandom", "a dimension is unknown", shape.ToString(), "known dimensions", "Use the form that takes the shape of a tensor.");
        return new StatelessRandomOp(distribution, dtype, shape).Apply(Seed(seed));
    }

    static Tensor Spread(Tensor numbers, double scale, double shift)
    {
        if (scale != 1) numbers *= scale;
        return shift == 0 ? numbers : numbers + shift;
    }
}
