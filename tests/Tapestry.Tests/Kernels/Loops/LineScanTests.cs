using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Threading;

namespace Tapestry.Tests.Kernels.Loops;

/// <summary>Cumulative combinations of float32 along a line have the bits of their documented order, on every width and number of threads.</summary>
public class LineScanTests
{
    const int Block = 16 * 1024;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void SumsHaveTheBitsOfTheTree(bool exclusive, bool reverse)
    {
        foreach (var length in new[] { 1, 3, 7, 8, 12, 61, Block, Block + 5, 5 * Block + 19 })
        {
            var random = new Random(length);
            var x = Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.3f).ToArray();
            var expected = Reference(x, exclusive, reverse, 0, (a, b) => a + b);
            foreach (var isWide in new[] { false, true })
            {
                if (isWide && !System.Runtime.Intrinsics.X86.Avx2.IsSupported) continue;
                foreach (var threads in new[] { 1, 2, 3 }) Assert.Equal(expected, Scan(default(SumReducer), x, exclusive, reverse, isWide, threads));
            }
        }
    }

    [Fact]
    public void OtherCombinationsAndNotANumberPassThrough()
    {
        var x = Enumerable.Range(0, 4 * Block + 9).Select(i => i == 3 * Block ? float.NaN : 1 + (i % 7 - 3) * 1e-4f).ToArray();
        Assert.Equal(Reference(x, false, false, 1, (a, b) => a * b), Scan(default(ProductReducer), x, false, false, System.Runtime.Intrinsics.X86.Avx2.IsSupported, 2));
        Assert.Equal(Reference(x, false, false, float.NegativeInfinity, MathF.Max), Scan(default(MaximumReducer), x, false, false, System.Runtime.Intrinsics.X86.Avx2.IsSupported, 2));
    }

    [Fact]
    public void LinesOfAMatrixAreScannedOneByOne()
    {
        foreach (var lines in new[] { 3, 40 })
        {
            var x = Enumerable.Range(0, lines * 1001).Select(i => i * 37 % 101 * 0.01f).ToArray();
            var y = x.ToArray();
            ScanLoop.Run(default(SumReducer), y, lines, 1001, 1, exclusive: false, reverse: false, y);
            for (var line = 0; line < lines; line++)
                Assert.Equal(Reference(x[(line * 1001)..((line + 1) * 1001)], false, false, 0, (a, b) => a + b), y[(line * 1001)..((line + 1) * 1001)]);
        }
    }

    static unsafe float[] Scan<TReducer>(TReducer reducer, float[] x, bool exclusive, bool reverse, bool isWide, int threads)
        where TReducer : struct, IReducer
    {
        var y = x.ToArray();
        var before = WorkerPool.ThreadCount;
        WorkerPool.ThreadCount = threads;
        try
        {
            // Over its own input.
            fixed (float* values = y) new LineScan<TReducer>(reducer, values, y.Length, exclusive, reverse, values) { IsWide = isWide }.Run();
        }
        finally
        {
            WorkerPool.ThreadCount = before;
        }

        return y;
    }

    // Fours by doubling, eights from fours, eights one after the other within a block, and blocks one after the other.
    static float[] Reference(float[] x, bool exclusive, bool reverse, float identity, Func<float, float, float> combine)
    {
        if (reverse) x = [.. x.Reverse()];
        var y = new float[x.Length];
        var before = identity;
        for (var start = 0; start < x.Length; start += Block)
        {
            var carry = identity;
            for (var group = start; group < Math.Min(start + Block, x.Length); group += 8)
            {
                var values = Enumerable.Range(group, 8).Select(i => i < x.Length ? x[i] : identity).ToArray();
                foreach (var distance in new[] { 1, 2 }) values = [.. values.Select((value, i) => i % 4 < distance ? value : combine(values[i - distance], value))];
                values = [.. values.Select((value, i) => i < 4 ? value : combine(values[3], value))];
                for (var i = 0; i < 8 && group + i < x.Length; i++)
                    y[group + i] = combine(before, exclusive ? i == 0 ? carry : combine(carry, values[i - 1]) : combine(carry, values[i]));
                carry = combine(carry, values[7]);
            }

            before = combine(before, carry);
        }

        return reverse ? [.. y.Reverse()] : y;
    }
}
