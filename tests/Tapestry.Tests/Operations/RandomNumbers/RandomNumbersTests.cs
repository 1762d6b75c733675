using Tapestry.Keras;

namespace Tapestry.Tests.Operations.RandomNumbers;

/// <summary>What no golden number says: that draws differ and repeat where they should. Runs alone, since one test sets the seed of everything.</summary>
[Collection(nameof(RandomNumbersTests))]
[CollectionDefinition(nameof(RandomNumbersTests), DisableParallelization = true)]
public class RandomNumbersTests
{
    static readonly long[] seed = [3, 4];

    [Fact]
    public void OneSeedGivesOneStream()
    {
        Assert.Equal(Ops.StatelessNormal([5], seed).ToArray<float>(), Ops.StatelessNormal([5], seed).ToArray<float>());
        Assert.NotEqual(Ops.StatelessNormal([5], seed).ToArray<float>(), Ops.StatelessNormal([5], new long[] { 3, 5 }).ToArray<float>());
        Assert.Equal(Ops.StatelessNormal([5], seed).ToArray<float>(), Ops.StatelessNormalLike(Ops.Zeros([5]), seed).ToArray<float>());
    }

    [Fact]
    public void MomentsAreThoseAskedFor()
    {
        var normal = Ops.StatelessNormal([40_000], seed, mean: 2, stddev: 3).ToArray<float>();
        Assert.InRange(normal.Average(), 1.95, 2.05);
        Assert.InRange(Math.Sqrt(normal.Average(x => (x - 2) * (x - 2))), 2.95, 3.05);
        var truncated = Ops.StatelessTruncatedNormal([40_000], seed).ToArray<float>();
        Assert.All(truncated, x => Assert.InRange(x, -2, 2));
        Assert.All(Ops.StatelessUniform([1000], seed, -5, 5, DType.Int32).ToArray<int>(), x => Assert.InRange(x, -5, 4));
        Assert.All(Ops.StatelessUniform([1000], seed, -1, 3).ToArray<float>(), x => Assert.InRange(x, -1, 3));
    }

    [Fact]
    public void EveryCallDrawsAnew()
    {
        Assert.NotEqual(Ops.RandomNormal([4]).ToArray<float>(), Ops.RandomNormal([4]).ToArray<float>());
        Assert.Equal(Ops.RandomNormal([4], seed: 7).ToArray<float>(), Ops.RandomNormal([4], seed: 7).ToArray<float>());
        var draw = Function.Of((Tensor x) => x + Ops.RandomUniform([4]));
        Assert.NotEqual(draw.Apply(Ops.Zeros([4])).ToArray<float>(), draw.Apply(Ops.Zeros([4])).ToArray<float>());
        Assert.Equal(1, draw.TraceCount);
    }

    [Fact]
    public void TheSeedOfEverythingMakesDrawsRepeat()
    {
        RandomSeed.Set(11);
        var first = Ops.RandomUniform([4]).ToArray<float>();
        RandomSeed.Set(11);
        Assert.Equal(first, Ops.RandomUniform([4]).ToArray<float>());
    }

    [Fact]
    public void WrongSeedsAndRangesAreRefused()
    {
        Assert.Contains("two whole numbers", Assert.Throws<TapestryException>(() => Ops.StatelessNormal([2], new long[] { 1 })).Message, StringComparison.Ordinal);
        Assert.Contains("maxval", Assert.Throws<TapestryException>(() => Ops.StatelessUniform([2], seed, dtype: DType.Int32)).Message, StringComparison.Ordinal);
        Assert.Contains("known dimensions", Assert.Throws<TapestryException>(() => Ops.StatelessNormal([null], seed)).Message, StringComparison.Ordinal);
    }
}
