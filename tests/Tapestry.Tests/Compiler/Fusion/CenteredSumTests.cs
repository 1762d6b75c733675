namespace Tapestry.Tests.Compiler.Fusion;

/// <summary>Sums in which x − mean(x) contributes nothing.</summary>
public sealed class CenteredSumTests
{
    const string Pass = "== sums of centred values: ";

    static readonly Random random = new(7);

    [Fact]
    public void TheGradientOfANormalizationNeedsNoSumForItsMean()
    {
        Tensor x = Values(8, 5, 6) + 3, scale = Values(6), upstream = Values(8, 5, 6);
        Func<Tensor, Tensor, Tensor, Tensor[]> gradients = (x, scale, upstream) =>
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            tape.Watch(scale);
            var centred = x - Ops.Mean(x, [0, 1], keepdims: true);
            var y = centred * Ops.Rsqrt(Ops.Mean(Ops.Square(centred), [0, 1], keepdims: true) + 1e-3f) * scale;
            return [.. tape.Gradient(y, [x, scale], upstream).Select(gradient => gradient!)];
        };

        Compare(gradients, isChanged: true, x, scale, upstream);
    }

    /// <summary>What is left of a sum is that of all terms.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void CentredTermsAreLeftOut(int form) => Check(isChanged: true, (x, y, perColumn) =>
    {
        var centred = x - Ops.Mean(x, 0, keepdims: true);
        return form switch
        {
            0 => centred,
            1 => -(centred * perColumn),
            2 => y + (perColumn * centred),
            3 => (centred * 2) - (y * perColumn),
            _ => (y * perColumn * 3) - (Ops.BroadcastTo(perColumn, [7, 4]) * -centred),
        };
    });

    /// <summary>Neither a mean along other dimensions nor one of something else, nor a factor that varies, is taken for one that cancels.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void OtherTermsStay(int form) => Check(isChanged: false, (x, y, perColumn) => form switch
    {
        0 => x - Ops.Mean(x, 1, keepdims: true),
        1 => x - Ops.Mean(y, 0, keepdims: true),
        2 => x - Ops.Mean(x, [0, 1], keepdims: true),
        3 => (x - Ops.Mean(x, 0, keepdims: true)) * y,
        _ => Ops.Mean(x, 0, keepdims: true) - y,
    });

    static void Check(bool isChanged, Func<Tensor, Tensor, Tensor, Tensor> terms) =>
        Compare((x, y, perColumn) => [Ops.SumToShapeOf(terms(x, y, perColumn), perColumn)], isChanged, Values(7, 4) + 2, Values(7, 4) - 1, Values(1, 4));

    static void Compare(Func<Tensor, Tensor, Tensor, Tensor[]> program, bool isChanged, Tensor a, Tensor b, Tensor c)
    {
        var function = Function.Of(program);
        Assert.Equal(isChanged, !function.Describe(a, b, c).Contains(Pass + "no change", StringComparison.Ordinal));
        Tensor[] eager = program(a, b, c), compiled = function.Apply(a, b, c);
        for (var i = 0; i < eager.Length; i++)
        {
            Assert.Equal(eager[i].Shape, compiled[i].Shape);
            var (expected, actual) = (eager[i].ToArray<float>(), compiled[i].ToArray<float>());
            for (var j = 0; j < expected.Length; j++) Assert.True(MathF.Abs(expected[j] - actual[j]) <= 3e-5f * (1 + MathF.Abs(expected[j])), $"result {i} at {j}: {actual[j]}, eager {expected[j]}");
        }
    }

    static Tensor Values(params int[] shape)
    {
        var values = new float[shape.Aggregate(1, (size, length) => size * length)];
        for (var i = 0; i < values.Length; i++) values[i] = (float)((random.NextDouble() * 2) - 1);
        return Ops.FromSpan<float>(values, shape);
    }
}
