using Tapestry.Tests.Kernels.Threading;

namespace Tapestry.Tests.Operations.Nn;

/// <summary>Attention by blocks against the same attention composed of products and a softmax.</summary>
[Collection(nameof(ThreadCountCollection))]
public sealed class DotProductAttentionTests
{
    /// <summary>Shapes: batch, queries, keys, heads, key heads, width, value width; then what the bias and the mask are repeated over (b, h, q, k; - for none).</summary>
    [Theory]
    [InlineData(1, 1, 1, 1, 1, 1, 1, false, null, null)]
    [InlineData(2, 5, 7, 4, 2, 3, 6, false, "", "")]
    [InlineData(1, 130, 130, 2, 2, 32, 32, true, null, null)]
    [InlineData(1, 300, 300, 1, 1, 5, 33, true, null, "bh")]
    [InlineData(2, 33, 290, 3, 1, 17, 16, false, "b", "hq")]
    [InlineData(1, 270, 31, 2, 1, 64, 7, true, "bh", null)]
    [InlineData(2, 20, 300, 2, 2, 8, 8, false, "q", "k")]
    [InlineData(2, 150, 40, 4, 2, 8, 8, true, "bk", "bhq")]
    [InlineData(9, 24, 24, 1, 1, 8, 8, true, "bhqk", null)]
    public void IsTheSameAsComposed(int batch, int queries, int keys, int heads, int keyHeads, int width, int valueWidth, bool isCausal, string? bias, string? mask)
    {
        foreach (var dtype in (DType[])[DType.Float32, DType.Float64])
        {
            Tensor[] inputs = [Draw(dtype, 1, batch, queries, heads, width), Draw(dtype, 2, batch, keys, keyHeads, width), Draw(dtype, 3, batch, keys, keyHeads, valueWidth)];
            if (bias is not null) inputs = [.. inputs, Draw(dtype, 4, Scores(bias))];
            var visible = mask is null ? null : Ops.Greater(Draw(DType.Float64, 5, Scores(mask)), -0.5);
            var upstream = Draw(dtype, 6, batch, queries, heads, valueWidth);
            var expected = Differentiate(inputs, upstream, x => Composed(x, visible, 0.7, isCausal));
            var actual = Differentiate(inputs, upstream, x => Ops.DotProductAttention(x[0], x[1], x[2], x.Length > 3 ? x[3] : null, visible, 0.7, isCausal));
            for (var i = 0; i < expected.Length; i++) AssertNear(expected[i], actual[i], dtype == DType.Float32 ? 3e-6 : 1e-14, $"{dtype} result {i}");
        }

        int[] Scores(string repeated) => [.. "bhqk".Zip([batch, heads, queries, keys], (name, length) => repeated.Contains(name, StringComparison.Ordinal) ? 1 : length)];
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AQueryThatSeesNothingGetsTheMeanOfAllValues(bool isCausal)
    {
        // Of 140 queries some see nothing; with a causal mask some more, since what they may see is behind them.
        Tensor[] inputs = [Draw(DType.Float64, 1, 1, 140, 2, 4), Draw(DType.Float64, 2, 1, 140, 2, 4), Draw(DType.Float64, 3, 1, 140, 2, 3)];
        var positions = Ops.Range(140);
        var visible = Ops.LogicalAnd(Ops.Greater(Ops.Reshape(positions, [1, 1, 140, 1]) % 7, 0), Ops.Greater(Ops.Reshape(positions, [1, 1, 1, 140]), 9));
        var upstream = Draw(DType.Float64, 6, 1, 140, 2, 3);
        var expected = Differentiate(inputs, upstream, x => Composed(x, visible, 0.7, isCausal));
        var actual = Differentiate(inputs, upstream, x => Ops.DotProductAttention(x[0], x[1], x[2], mask: visible, scale: 0.7, isCausal: isCausal));
        for (var i = 0; i < expected.Length; i++) AssertNear(expected[i], actual[i], 1e-14, $"result {i}");
        AssertNear(Ops.Mean(inputs[2][0, .., 0], 0), actual[0][0, 7, 0], 1e-14, "the mean");
    }

    [Fact]
    public void SecondDerivativesOfAQueryThatSeesNothingAreThoseOfItsMean()
    {
        var visible = Ops.Reshape(Ops.FromSpan<bool>([true, false, true, false, false, false, false, true, true], [9]), [1, 1, 3, 3]);
        Tensor[] inputs = [Draw(DType.Float64, 1, 1, 3, 2, 2), Draw(DType.Float64, 2, 1, 3, 1, 2), Draw(DType.Float64, 3, 1, 3, 1, 2), Draw(DType.Float64, 4, 1, 2, 1, 3)];
        FiniteDifferences.Check(x => Ops.DotProductAttention(x[0], x[1], x[2], x[3], visible), inputs);
        FiniteDifferences.Check(x => Ops.DotProductAttention(x[0], x[1], x[2], x[3], visible, isCausal: true), inputs);
    }

    [Theory]
    [InlineData(1, 300, 1, true)]
    [InlineData(3, 200, 4, false)]
    public void DoesNotDependOnThreads(int batch, int length, int heads, bool isCausal)
    {
        Tensor[] inputs = [Draw(DType.Float32, 1, batch, length, heads, 20), Draw(DType.Float32, 2, batch, length, heads, 20), Draw(DType.Float32, 3, batch, length, heads, 20), Draw(DType.Float32, 4, 1, 1, length, length)];
        var upstream = Draw(DType.Float32, 5, batch, length, heads, 20);
        float[][] Results(int threads)
        {
            using var setting = new ThreadSetting(threads);
            return [.. Differentiate(inputs, upstream, x => Ops.DotProductAttention(x[0], x[1], x[2], x[3], isCausal: isCausal)).Select(result => result.ToArray<float>())];
        }

        var expected = Results(1);
        Assert.Equal(expected, Results(2));
        Assert.Equal(expected, Results(3));
    }

    [Fact]
    public void NumbersOfSixteenBitsAreComputedInSingle()
    {
        foreach (var dtype in (DType[])[DType.Float16, DType.BFloat16])
        {
            Tensor[] inputs = [Draw(dtype, 1, 2, 9, 2, 8), Draw(dtype, 2, 2, 9, 2, 8), Draw(dtype, 3, 2, 9, 2, 8)];
            Tensor[] single = [.. inputs.Select(input => Ops.Cast(input, DType.Float32))];
            var actual = Ops.DotProductAttention(inputs[0], inputs[1], inputs[2], isCausal: true);
            Assert.Equal(dtype, actual.DType);
            Assert.True(Ops.Cast(Ops.DotProductAttention(single[0], single[1], single[2], isCausal: true), dtype).Bits().SequenceEqual(actual.Bits()));
        }
    }

    [Fact]
    public void ScoresOfAnySizeNeitherOverflowNorVanish()
    {
        var key = Draw(DType.Float32, 2, 1, 600, 1, 8);
        foreach (var scale in (double[])[1e4, -1e4, 1e-30])
        {
            var actual = Ops.DotProductAttention(key, key, key, scale: scale);
            AssertNear(Composed([key, key, key], null, scale, false), actual, 5e-3, $"scale {scale}");
        }
    }

    [Fact]
    public void NoNumberAndNothingAtAllComeThrough()
    {
        var x = Ops.Ones([1, 3, 1, 2]);
        var spoilt = Ops.Reshape(Ops.FromSpan<float>([float.NaN, 1, 1, 1, 1, 1], [6]), [1, 3, 1, 2]);
        Assert.Equal([true, true, false, false, false, false], Ops.IsNaN(Ops.DotProductAttention(spoilt, x, x)).ToArray<bool>());
        Assert.All(Ops.IsNaN(Ops.DotProductAttention(x, spoilt, x)).ToArray<bool>(), Assert.True);
        Assert.Equal([1, 0, 1, 2], Ops.DotProductAttention(x[.., ..0], x, x).Shape.ToArray());
        Assert.Equal([0f, 0, 0, 0, 0, 0], Ops.DotProductAttention(x, x[.., ..0], x[.., ..0]).ToArray<float>());
    }

    [Fact]
    public void RefusesWhatDoesNotFit()
    {
        Tensor x = Ops.Ones([2, 3, 4, 5]), fewer = Ops.Ones([2, 3, 3, 5]);
        Assert.Contains("four", Assert.Throws<TapestryException>(() => Ops.DotProductAttention(x[0], x, x)).Message, StringComparison.Ordinal);
        Assert.Contains("evenly", Assert.Throws<TapestryException>(() => Ops.DotProductAttention(x, fewer, fewer)).Message, StringComparison.Ordinal);
        Assert.Contains("do not fit", Assert.Throws<TapestryException>(() => Ops.DotProductAttention(x, x, x[.., ..2])).Message, StringComparison.Ordinal);
        Assert.Contains("broadcast", Assert.Throws<TapestryException>(() => Ops.DotProductAttention(x, x, x, mask: Ops.Ones([3, 4]))).Message, StringComparison.Ordinal);
    }

    internal static Tensor Draw(DType dtype, int seed, params int[] shape) => Ops.Cast(Ops.StatelessUniform(new Shape(shape), new[] { seed, 7 }, -1, 1, DType.Float64), dtype);

    static Tensor[] Differentiate(Tensor[] inputs, Tensor upstream, Func<Tensor[], Tensor> attention)
    {
        using var tape = new GradientTape();
        Tensor[] own = [.. inputs.Select(Ops.Identity)];
        foreach (var x in own) tape.Watch(x);
        var result = attention(own);
        return [result, .. tape.Gradients([result], own, [upstream], UnconnectedGradients.Zero).Select(gradient => gradient!)];
    }

    // As in the originals, hidden scores are very low instead of minus infinity, so that rows of them have equal weights.
    static Tensor Composed(Tensor[] x, Tensor? mask, double scale, bool isCausal)
    {
        var group = x[0].Shape[2] / x[1].Shape[2];
        Tensor q = Turn(x[0]), k = Ops.Repeat(Turn(x[1]), group, 1), v = Ops.Repeat(Turn(x[2]), group, 1);
        var scores = Ops.MatMul(q, k, transposeB: true) * scale;
        if (x.Length > 3) scores += x[3];
        if (mask is not null || isCausal)
        {
            var visible = Ops.Ones([x[0].Shape[1], x[1].Shape[1]], DType.Bool);
            if (isCausal) visible = Ops.GreaterEqual(Ops.Reshape(Ops.Range(x[0].Shape[1]), [-1, 1]), Ops.Range(x[1].Shape[1]));
            if (mask is not null) visible = Ops.LogicalAnd(visible, mask);
            scores = Ops.Where(visible, scores, -0.7 * float.MaxValue);
        }

        return Turn(Ops.MatMul(Ops.Softmax(scores), v));
    }

    static Tensor Turn(Tensor x) => Ops.Transpose(x, [0, 2, 1, 3]);

    static void AssertNear(Tensor expected, Tensor actual, double tolerance, string what)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        var (scale, distance) = ((double)Ops.Max(Ops.Abs(expected)), (double)Ops.Max(Ops.Abs(expected - actual)));
        Assert.True(distance <= tolerance * Math.Max(scale, 1), $"{what}: differs by {distance:g3}, the largest number is {scale:g3}");
    }
}
