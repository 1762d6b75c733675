using Tapestry.Kernels.Loops;

namespace Tapestry.Tests.Kernels.Loops;

/// <summary>Expected values are those of tf.random.stateless_* (TensorFlow 2.21, alg philox).</summary>
[Trait("Category", "Quick")]
public class RandomLoopTests
{
    [Fact]
    public void SeedsAreScrambledAsInTensorFlow()
    {
        Assert.Equal(new Philox(16103252647613272195, 0, 18388005586443337812), Philox.FromSeed(0, 0));
        Assert.Equal(new Philox(10413732777507651514, 0, 17830669156045600267), Philox.FromSeed(1, 2));
        var bits = new uint[11];
        RandomLoop.Bits(Philox.FromSeed(0, 0), bits);
        Assert.Equal([3885695630u, 2698665609, 1306945658, 2883758418, 556907846, 1542416368, 3420943024, 2199467356], bits[..8]);
    }

    [Fact]
    public void UniformStreamsAreTensorFlows()
    {
        var floats = new float[6];
        RandomLoop.Uniform(Philox.FromSeed(70707363, 338066998), floats);
        Assert.Equal([0.8023977279663086f, 0.450225830078125f, 0.8446283340454102f, 0.724441409111023f], floats[..4]);
        var doubles = new double[4];
        RandomLoop.Uniform(Philox.FromSeed(883321830, 63321785), doubles);
        Assert.Equal([0.7265711340863958, 0.8144293672996563, 0.029362155267199652, 0.6306761109859913], doubles);
        var halves = new Half[4];
        RandomLoop.Uniform(Philox.FromSeed(1091338150, 716333801), halves);
        Assert.Equal([0.0185546875f, 0.1044921875f, 0.2802734375f, 0.541015625f], halves.Select(h => (float)h));
        var brains = new BFloat16[4];
        RandomLoop.Uniform(Philox.FromSeed(535451665, 114771711), brains);
        Assert.Equal([0.0859375f, 0.8984375f, 0.125f, 0.4921875f], brains.Select(h => (float)h));
        var ints = new int[9];
        RandomLoop.Uniform(Philox.FromSeed(167898122, 1907840495), 0, 14, ints);
        Assert.Equal([2, 3, 11, 8], ints[..4]);
        RandomLoop.Uniform(Philox.FromSeed(530384620, 1626066361), -9, 9, ints);
        Assert.Equal([6, -2, -3, 0], ints[..4]);
        var longs = new long[5];
        RandomLoop.Uniform(Philox.FromSeed(542527575, 36652838), -5, 1000000000000, longs);
        Assert.Equal([650027556430, 463330458407, 992736986103, 62916044843], longs[..4]);
    }

    [Fact]
    public void NormalStreamsAreTensorFlows()
    {
        var floats = new float[8];
        RandomLoop.Normal(Philox.FromSeed(1499125911, 1774915292), floats);
        Near([-0.1066809669137001, 1.0252031087875366, -0.7054980993270874, -0.6757737398147583], floats.Select(f => (double)f), 1e-6);
        var doubles = new double[12];
        RandomLoop.Normal(Philox.FromSeed(1184607490, 1987046209), doubles);
        Near([-0.02960369206961569, -0.6555565671953426, 0.44386144823185303, 0.42938678718849316], doubles, 1e-14);
        RandomLoop.TruncatedNormal(Philox.FromSeed(1004417527, 690727045), floats);
        Near([0.9267414808273315, 0.9466522336006165, -0.8317611217498779, -0.9775803685188293, 1.2439906597137451, -0.34858083724975586, 0.6244471669197083, 0.3067462146282196],
            floats.Select(f => (double)f), 1e-6);
        RandomLoop.TruncatedNormal(Philox.FromSeed(2136774465, 832116175), doubles);
        Near([-1.7384333287955724, -0.4838390036673669, 0.7164911107829945, 1.2630383365402156, 1.7442945634831681, -0.2651014423217713, -1.7494392152782552, 0.5038664097974137],
            doubles, 1e-14);
    }

    [Fact]
    public void AnElementDependsOnItsIndexOnly()
    {
        var state = Philox.FromSeed(7, 8);
        var all = new float[100_001];
        RandomLoop.Normal(state, all);
        var some = new float[1001];
        RandomLoop.Normal(state, some);
        Assert.Equal(all[..1001], some);
        Assert.Equal(0, all.Average(), 0.02);
        Assert.Equal(1, all.Average(v => v * v), 0.02);
        RandomLoop.Normal(state.Skip(RandomLoop.Groups<float>(800)), some);
        Assert.Equal(all[800..1801], some);
    }

    /// <summary>Several groups at once are the groups one by one, also where the lower half of the counter overflows.</summary>
    [Theory]
    [InlineData(0UL, 0UL)]
    [InlineData(12345UL, 1UL << 40)]
    [InlineData(ulong.MaxValue - 5, ulong.MaxValue)]
    public unsafe void ManyGroupsAreTheGroupsOneByOne(ulong low, ulong high)
    {
        var state = new Philox(0x0123456789ABCDEF, low, high);
        for (var groups = 0; groups <= 19; groups++)
        {
            var words = new GuardedBuffer<uint>(4 * groups);
            fixed (uint* first = words.Span) state.Words(3, groups, first);
            for (var g = 0; g < groups; g++)
            {
                var (a, b, c, d) = state.Words((ulong)g + 3);
                Assert.Equal([a, b, c, d], words.Span.Slice(4 * g, 4).ToArray());
            }

            words.AssertGuardsUntouched();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1027)]
    [InlineData(40_000)]
    public void WhatIsKeptIsDecidedByTheFraction(int count)
    {
        float[] fractions = new float[count], kept = new float[count];
        RandomLoop.Uniform(Philox.FromSeed(5, 6), fractions);
        RandomLoop.Keep(Philox.FromSeed(5, 6), 0.3f, 1.25f, kept);
        Assert.Equal(fractions.Select(fraction => fraction >= 0.3f ? 1.25f : 0), kept);
        Assert.All(fractions, fraction => Assert.InRange(fraction, 0, 0.9999999f));
    }

    static void Near(double[] expected, IEnumerable<double> actual, double tolerance)
    {
        var values = actual.ToArray();
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], values[i], tolerance);
    }
}
