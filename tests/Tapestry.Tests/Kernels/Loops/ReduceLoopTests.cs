using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;
using Tapestry.Tests.Kernels.Simd;

namespace Tapestry.Tests.Kernels.Loops;

public unsafe class ReduceLoopTests
{
    public static TheoryData<int[]> Shapes => [[], [1], [7], [3, 5], [5, 300], [300, 5], [2, 3, 4], [4, 1, 70], [3, 40, 2, 5], [2, 3, 4, 3, 2], [70, 3, 65], [33, 2, 3, 4]];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void EverySetOfAxesAgreesWithTheNaiveLoop(int[] shape)
    {
        var count = shape.Aggregate(1, (a, b) => a * b);
        var random = new Random(3);
        var floats = Enumerable.Range(0, count).Select(_ => (float)random.NextDouble() - 0.3f).ToArray();
        var ints = Enumerable.Range(0, count).Select(_ => random.Next(-50, 50)).ToArray();
        for (uint mask = 0; mask < 1u << shape.Length; mask++)
        {
            var groups = Groups(shape, mask);
            var result = new float[groups.Length];
            ReduceLoop.Run(default(SumReducer), floats, shape, mask, result);
            for (var g = 0; g < groups.Length; g++) Assert.Equal(groups[g].Sum(i => (double)floats[i]), result[g], 1e-7 + 2e-7 * groups[g].Sum(i => (double)Math.Abs(floats[i])));
            ReduceLoop.Run(default(MaximumReducer), floats, shape, mask, result);
            Assert.Equal(groups.Select(g => g.Max(i => floats[i])), result);
            var whole = new int[groups.Length];
            ReduceLoop.Run(default(SumReducer), ints, shape, mask, whole);
            Assert.Equal(groups.Select(g => g.Sum(i => ints[i])), whole);
            ReduceLoop.Run(default(MinimumReducer), ints, shape, mask, whole);
            Assert.Equal(groups.Select(g => g.Min(i => ints[i])), whole);
            var half = new Half[groups.Length];
            ReduceLoop.Run(default(SumReducer), floats.Select(f => (Half)f).ToArray(), shape, mask, half);
            for (var g = 0; g < groups.Length; g++)
            {
                var expected = groups[g].Sum(i => (double)(Half)floats[i]);
                Assert.Equal(expected, (double)half[g], Math.Abs(expected) * 0.0006 + 1e-4);
            }
            var bytes = ints.Select(i => (byte)(i > 0 ? 1 : 0)).ToArray();
            var answer = new byte[groups.Length];
            ReduceLoop.Run(default(AnyReducer), bytes, shape, mask, answer);
            Assert.Equal(groups.Select(g => (byte)(g.Any(i => bytes[i] != 0) ? 1 : 0)), answer);
            ReduceLoop.Run(default(AllReducer), bytes, shape, mask, answer);
            Assert.Equal(groups.Select(g => (byte)(g.All(i => bytes[i] != 0) ? 1 : 0)), answer);
        }
    }

    // For every element of the result, the positions that belong to it.
    static int[][] Groups(int[] shape, uint mask)
    {
        var count = shape.Aggregate(1, (a, b) => a * b);
        var kept = shape.Where((_, d) => (mask >> d & 1) == 0).Aggregate(1, (a, b) => a * b);
        var groups = Enumerable.Range(0, kept).Select(_ => new List<int>()).ToArray();
        for (var i = 0; i < count; i++)
        {
            int rest = i, at = 0, stride = 1;
            for (var d = shape.Length - 1; d >= 0; d--)
            {
                var coordinate = rest % shape[d];
                rest /= shape[d];
                if ((mask >> d & 1) != 0) continue;
                at += coordinate * stride;
                stride *= shape[d];
            }
            groups[at].Add(i);
        }
        return [.. groups.Select(g => g.ToArray())];
    }

    [Fact]
    public void AMillionFloatsKeepSixDigits()
    {
        var random = new Random(5);
        var x = Enumerable.Range(0, 1_000_003).Select(_ => (float)random.NextDouble() * 10).ToArray();
        var exact = x.Sum(v => (double)v);
        var result = new float[1];
        ReduceLoop.Run(default(SumReducer), x, 1, x.Length, 1, result);
        Assert.True(Math.Abs(result[0] - exact) < exact * 1e-6, $"{result[0]} against {exact}");
        var columns = new float[1];
        ReduceLoop.Run(new MeanReducer(x.Length), x, [x.Length], 1, columns);
        Assert.Equal(exact / x.Length, columns[0], 1e-5);
        var three = new float[3];
        ReduceLoop.Run(default(SumReducer), x.AsSpan(0, 999_999), 1, 333_333, 3, three);
        for (var c = 0; c < 3; c++)
        {
            var column = 0.0;
            for (var i = c; i < 999_999; i += 3) column += x[i];
            Assert.True(Math.Abs(three[c] - column) < column * 1e-6, $"{three[c]} against {column}");
        }
    }

    [Theory]
    [InlineData(1, 1, 5)]
    [InlineData(1, 100_003, 1)]
    [InlineData(7, 1000, 1)]
    [InlineData(3, 77, 41)]
    [InlineData(2, 5000, 3)]
    [InlineData(3, 16384, 1)]
    [InlineData(2, 70_003, 1)]
    public void EveryWidthGivesTheSameBits(int outer, int reduce, int inner)
    {
        var random = new Random(9);
        var x = Enumerable.Range(0, outer * reduce * inner).Select(_ => (float)random.NextDouble() - 0.5f).ToArray();
        float[] a = new float[outer * inner], b = new float[outer * inner], c = new float[outer * inner];
        var plan = ReductionPlan.Create(outer, reduce, inner);
        fixed (float* s = x, p = a, q = b, r = c)
        {
            ReduceLoop.Run<SumReducer, Lanes512<float>, float, float>(default, plan, s, p);
            ReduceLoop.Run<SumReducer, Lanes256<float>, float, float>(default, plan, s, q);
            ReduceLoop.Run<SumReducer, Lanes128<float>, float, float>(default, plan, s, r);
        }
        Assert.Equal(Reference.Bits(a), Reference.Bits(b));
        Assert.Equal(Reference.Bits(a), Reference.Bits(c));
    }

    /// <summary>Rows that are long enough for four blocks side by side, and one element less or more; of every size of elements.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(40_000)]
    public void FourBlocksSideBySideMissNothing(int more)
    {
        const int bytesOfFour = FourBlocks.Count * ReduceLoop.BlockBytes;
        var random = new Random(11);
        long[] longs = [.. Enumerable.Range(0, bytesOfFour / 8 + more).Select(_ => random.NextInt64(-1L << 40, 1L << 40))];
        var whole = new long[1];
        ReduceLoop.Run(default(SumReducer), longs, 1, longs.Length, 1, whole);
        Assert.Equal(longs.Sum(), whole[0]);
        int[] ints = [.. Enumerable.Range(0, bytesOfFour / 4 + more).Select(_ => random.Next(-10_000, 10_000))];
        var sum = new int[1];
        ReduceLoop.Run(default(SumReducer), ints, 1, ints.Length, 1, sum);
        Assert.Equal(ints.Sum(), sum[0]);
        double[] doubles = [.. longs.Select(value => value / 1024.0)];
        var total = new double[1];
        ReduceLoop.Run(default(SumReducer), doubles, 1, doubles.Length, 1, total);
        Assert.Equal(longs.Sum() / 1024.0, total[0], Math.Abs(total[0]) * 1e-12);
        var any = new byte[1];
        for (var part = 0; part < 8; part++)
        {
            var bytes = new byte[bytesOfFour + more];
            var floats = new float[ints.Length];
            bytes[(bytes.Length - 1) * part / 7] = 1;
            floats[(floats.Length - 1) * part / 7] = float.NaN;
            ReduceLoop.Run(default(AnyReducer), bytes, 1, bytes.Length, 1, any);
            Assert.Equal(1, any[0]);
            var greatest = new float[1];
            ReduceLoop.Run(default(MaximumReducer), floats, 1, floats.Length, 1, greatest);
            Assert.True(float.IsNaN(greatest[0]));
        }
    }

    [Fact]
    public void NaNReachesTheResultAndEmptyOnesAreTheIdentity()
    {
        for (var at = 0; at < 40; at++)
        {
            var x = Enumerable.Range(0, 40).Select(i => i == at ? float.NaN : i).ToArray();
            var result = new float[1];
            ReduceLoop.Run(default(MaximumReducer), x, 1, 40, 1, result);
            Assert.True(float.IsNaN(result[0]));
        }
        var empty = new float[] { 5, 5 };
        ReduceLoop.Run(default(SumReducer), ReadOnlySpan<float>.Empty, 1, 0, 2, empty);
        Assert.Equal([0f, 0f], empty);
        ReduceLoop.Run(default(MaximumReducer), ReadOnlySpan<float>.Empty, 2, 0, 1, empty);
        Assert.Equal([float.NegativeInfinity, float.NegativeInfinity], empty);
    }

    [Fact]
    public void ArgumentsAreTheFirstOfEquals()
    {
        var result = new long[2];
        ArgumentLoop.Maximum<float>([1, float.NaN, 2, float.NaN, 0, -1], 2, 3, 1, result);
        Assert.Equal([2L, 1L], result);
        ArgumentLoop.Maximum<int>([3, 9, 9, 4, 4, 1], 2, 3, 1, result);
        Assert.Equal([1L, 0L], result);
        ArgumentLoop.Minimum<int>([3, 9, 9, 4, 3, 1], 1, 3, 2, result);
        Assert.Equal([0L, 2L], result);
    }
}
