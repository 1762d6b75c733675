using Tapestry.Kernels.Loops;

namespace Tapestry.Keras;

/// <summary>
/// An initializer that draws random numbers. The values depend on the seed and the shape alone, so one instance gives the same values at each call.
/// </summary>
/// <remarks>
/// Source: <c>keras.initializers.RandomInitializer</c>; the stream is that of TensorFlow's stateless generator for the pair (seed, 0).
/// </remarks>
public abstract class RandomInitializer : Initializer
{
    readonly int drawn;

    /// <summary>Creates the initializer.</summary>
    /// <param name="seed">Decides the values; null draws a seed once for this instance.</param>
    private protected RandomInitializer(int? seed)
    {
        Seed = seed;
        drawn = seed ?? SeedSource.Draw();
    }

    /// <summary>The seed that was given, or null.</summary>
    public int? Seed { get; }

    Philox Generator => Philox.FromSeed(drawn, 0);

    /// <summary>Numbers spread evenly over [low, high).</summary>
    private protected Tensor Uniform(Shape shape, DType? dtype, double low, double high) => Draw(
        shape,
        dtype,
        high - low,
        low,
        static (generator, values) => RandomLoop.Uniform(generator, values),
        static (generator, values) => RandomLoop.Uniform(generator, values));

    /// <summary>Normally distributed numbers.</summary>
    private protected Tensor Normal(Shape shape, DType? dtype, double mean, double standardDeviation) => Draw(
        shape,
        dtype,
        standardDeviation,
        mean,
        static (generator, values) => RandomLoop.Normal(generator, values),
        static (generator, values) => RandomLoop.Normal(generator, values));

    /// <summary>Normally distributed numbers, those beyond two standard deviations drawn anew.</summary>
    private protected Tensor TruncatedNormal(Shape shape, DType? dtype, double mean, double standardDeviation) => Draw(
        shape,
        dtype,
        standardDeviation,
        mean,
        static (generator, values) => RandomLoop.TruncatedNormal(generator, values),
        static (generator, values) => RandomLoop.TruncatedNormal(generator, values));

    Tensor Draw(Shape shape, DType? dtype, double scale, double shift, FillSingle single, FillDouble twice)
    {
        dtype ??= DType.DefaultFloat;
        if (!dtype.IsFloating) throw Refuse("random values are floating point", shape, dtype, "float16, bfloat16, float32 or float64");
        if (!shape.IsFullyKnown) throw Refuse("a dimension is unknown", shape, dtype, "known dimensions");
        using var eager = Scopes.Current.Enter(null);
        if (dtype == DType.Float64)
        {
            var values = Tensor.Allocate(dtype, shape);
            twice(Generator, values.Elements<double>());
            foreach (ref var value in values.Elements<double>()) value = value * scale + shift;
            return values;
        }

        var numbers = Tensor.Allocate(DType.Float32, shape);
        single(Generator, numbers.Elements<float>());
        var (factor, addend) = ((float)scale, (float)shift);
        foreach (ref var number in numbers.Elements<float>()) number = number * factor + addend;
        return Ops.Cast(numbers, dtype);
    }

    delegate void FillSingle(Philox generator, Span<float> values);

    delegate void FillDouble(Philox generator, Span<double> values);
}
