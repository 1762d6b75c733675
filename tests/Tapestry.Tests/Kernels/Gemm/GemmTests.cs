using System.Numerics;
using CsCheck;
using Tapestry.Kernels.Gemm;
using Tapestry.Tests.Kernels.Threading;
using GemmKernel = Tapestry.Kernels.Gemm.Gemm;

namespace Tapestry.Tests.Kernels.Gemm;

[Collection(nameof(ThreadCountCollection))]
[Trait("Category", "Quick")]
public sealed class GemmTests
{
    static readonly int[] coarse = [1, 2, 3, 7, 8, 12, 13, 16, 17, 31, 40];

    static readonly GemmLevel[] levels = [GemmLevel.Scalar, GemmLevel.Vector128, GemmLevel.Vector256, GemmLevel.Vector512];

    public static TheoryData<int> Levels => [.. levels.Select(level => (int)level)];

    [Theory]
    [MemberData(nameof(Levels))]
    public void RaggedSizesMatchTheReference(int level)
    {
        int turn = 0;
        foreach (int m in coarse)
        {
            foreach (int n in coarse)
            {
                foreach (int k in coarse)
                {
                    turn++;
                    Check(new Problem(m, n, k, (turn & 1) != 0, (turn & 2) != 0, turn % 3, turn % 4, turn % 5, (turn & 4) != 0, turn % 7), (GemmLevel)level);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void BlocksOfEveryDimensionAreJoined(int level)
    {
        Check(new Problem(37, 70, 700, false, false, 1, 0, 3, true, 5), (GemmLevel)level);
        Check(new Problem(300, 45, 270, true, true, 0, 2, 0, false, 6), (GemmLevel)level);
        Check(new Problem(5, 300, 515, false, true, 0, 0, 1, true, 1), (GemmLevel)level);
        Check(new Problem(130, 64, 512, true, false, 0, 0, 0, false, 0), (GemmLevel)level);
        Check(new Problem(200, 45, 1700, false, false, 1, 0, 3, true, 5), (GemmLevel)level);
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void OperandsThatAreFarAwayAreAskedForAndCopiedInPassing(int level)
    {
        // More than half a megabyte each: left, right, the left one transposed and read in place, and transposed and packed in stretches.
        Check(new Problem(130, 150, 1100, false, false, 1, 0, 3, true, 5), (GemmLevel)level);
        Check(new Problem(20, 200, 1100, false, false, 0, 2, 0, false, 6), (GemmLevel)level);
        Check(new Problem(290, 100, 700, true, false, 0, 1, 1, true, 7), (GemmLevel)level);
        Check(new Problem(290, 200, 700, true, false, 2, 0, 0, false, 5), (GemmLevel)level);
    }

    [Fact]
    public void ChunksOfALargeRightOperandAreJoined()
    {
        // More columns than are packed at once; at 2100 steps k is cut, too.
        Check(new Problem(3, 2500, 1000, false, true, 0, 0, 0, true, 7), GemmLevels.Best);
        Check(new Problem(30, 2300, 2100, false, true, 0, 0, 0, true, 6), GemmLevels.Best);
    }

    [Fact]
    public void PartsOfALongSumAreJoined()
    {
        Check(new Problem(20, 30, 5000, true, false, 0, 0, 0, true, 7), GemmLevels.Best);
        Check(new Problem(20, 17, 20000, false, true, 0, 0, 3, false, 0), GemmLevels.Best);
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void ProductsThatAreSummedTurnedAreTurnedBack(int level)
    {
        // Fewer columns than rows, and rows that are steps: whole sums and parts of them, tiles that are full and ragged.
        Check(new Problem(50, 17, 1100, true, false, 0, 2, 3, true, 5), (GemmLevel)level);
        Check(new Problem(64, 48, 1500, true, false, 0, 0, 0, false, 7), (GemmLevel)level);
        Check(new Problem(33, 2, 1024, true, false, 1, 0, 1, false, 6), (GemmLevel)level);
        Check(new Problem(70, 20, 4500, true, false, 3, 1, 0, true, 0), (GemmLevel)level);
        Check(new Problem(35, 30, 17000, true, false, 0, 0, 2, false, 5), (GemmLevel)level);
    }

    /// <summary>Every element is in one finished block and in no other: blocks, chunks, parts of long sums, vectors, no steps.</summary>
    [Theory]
    [MemberData(nameof(Levels))]
    public void EveryBlockIsFinishedOnce(int level)
    {
        (int M, int N, int K)[] shapes =
        [
            (37, 70, 700), (300, 45, 270), (200, 640, 30), (5, 300, 515), (130, 64, 512), (64, 1000, 20), (3, 800, 3000), (2, 600, 4500), (20, 30, 5000), (20, 17, 20000), (40, 30, 1100),
            (1, 1100, 600), (1, 37, 5), (1100, 1, 600), (13, 40, 0), (1, 1, 3), (7, 16, 1),
        ];
        foreach (var (m, n, k) in shapes)
        {
            for (int transposes = 0; transposes < 4; transposes++)
            {
                bool transposeA = (transposes & 1) != 0, transposeB = (transposes & 2) != 0;
                float[] a = Values(m * k, 1), b = Values(k * n, 2);
                foreach (int threads in new[] { 1, 3 })
                {
                    using var setting = new ThreadSetting(threads);
                    new FinishedMatrix(m, n).Check(
                        (c, finish) => GemmKernel.Multiply(
                            (GemmLevel)level, m, n, k, a, transposeA ? m : Math.Max(1, k), transposeA, b, transposeB ? Math.Max(1, k) : n, transposeB, c, n, false, new GemmEpilogue<float> { Finish = finish }),
                        $"{m} x {n} x {k}, transposes {transposes}, {threads} threads");
                }
            }
        }
    }

    [Fact]
    public void RandomShapesMatchTheReference()
    {
        Gen.Select(Gen.Int[1, 60], Gen.Int[1, 80], Gen.Int[0, 90], Gen.Int[0, 3], Gen.Int[0, 200]).Sample((m, n, k, transposes, rest) =>
        {
            Check(new Problem(m, n, k, (transposes & 1) != 0, (transposes & 2) != 0, rest % 5, rest % 3, rest % 4, rest % 2 == 0, rest % 8), levels[rest % 4]);
        }, iter: 300, threads: 1);
    }

    [Fact]
    public void Float64MatchesTheReference()
    {
        Gen.Select(Gen.Int[1, 50], Gen.Int[1, 60], Gen.Int[0, 300], Gen.Int[0, 3], Gen.Int[0, 200]).Sample((m, n, k, transposes, rest) =>
        {
            CheckDouble(m, n, k, (transposes & 1) != 0, (transposes & 2) != 0, rest % 2 == 0, levels[rest % 4], rest);
        }, iter: 200, threads: 1);
    }

    [Theory]
    [InlineData(3, 4)]
    [InlineData(1, 40)]
    [InlineData(40, 1)]
    public void WithoutStepsOnlyTheEpilogueRemains(int m, int n)
    {
        float[] c = new float[m * n], bias = new float[n];
        Array.Fill(c, 5);
        for (int j = 0; j < n; j++)
            bias[j] = j - 1;
        GemmKernel.Multiply(m, n, 0, [], 1, false, [], n, false, c, n, true, new GemmEpilogue<float> { Bias = bias });
        Assert.All(c.Select((value, i) => (value, i)), x => Assert.Equal(5 + x.i % n - 1, x.value));
        GemmKernel.Multiply(m, n, 0, ReadOnlySpan<float>.Empty, 1, false, [], n, false, c, n);
        Assert.All(c, value => Assert.Equal(0, value));
    }

    [Fact]
    public void EmptyResultsAreLeftAlone()
    {
        float[] c = [7];
        GemmKernel.Multiply(0, 1, 3, ReadOnlySpan<float>.Empty, 3, false, new float[3], 1, false, c, 1);
        GemmKernel.Multiply(1, 0, 3, new float[3], 3, false, ReadOnlySpan<float>.Empty, 0, false, c, 1);
        Assert.Equal(7, c[0]);
    }

    [Theory]
    [InlineData(256, 256, 256)]
    [InlineData(7, 900, 400)]
    [InlineData(1000, 8, 300)]
    [InlineData(130, 500, 300)]
    [InlineData(500, 130, 1600)]
    [InlineData(1, 5000, 77)]
    [InlineData(1, 1100, 600)]
    [InlineData(1100, 1, 600)]
    [InlineData(500, 130, 1600, true)]
    [InlineData(130, 500, 1600, true)]
    [InlineData(70, 40, 5000, true)]
    public void BitsDoNotDependOnTheThreads(int m, int n, int k, bool transposeA = false)
    {
        float[] a = Values(m * k, 1), b = Values(k * n, 2), bias = Values(n, 3);
        float[]? expected = null;
        foreach (int threads in new[] { 1, 2, 4 })
        {
            using var setting = new ThreadSetting(threads);
            float[] c = new float[m * n];
            GemmKernel.Multiply(m, n, k, a, transposeA ? m : k, transposeA, b, n, false, c, n, false, new GemmEpilogue<float> { Bias = bias });
            expected ??= c;
            Assert.Equal(expected, c);
        }
    }

    [Fact]
    public void CallsAllocateNothing()
    {
        float[] a = Values(200 * 300, 1), b = Values(300 * 100, 2), c = new float[200 * 100];
        for (int i = 0; i < 5; i++)
            GemmKernel.Multiply(200, 100, 300, a, 300, false, b, 300, true, c, 100);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 5; i++)
            GemmKernel.Multiply(200, 100, 300, a, 300, false, b, 300, true, c, 100);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void NaNAndInfinityPropagate()
    {
        float[] c = new float[4];
        GemmKernel.Multiply(2, 2, 2, [float.NaN, 1, 1, 1], 2, false, [1, 1, float.PositiveInfinity, 0], 2, false, c, 2, false, new GemmEpilogue<float> { Activation = GemmActivation.Relu });
        Assert.Equal([float.NaN, float.NaN, float.PositiveInfinity, 1], c);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void BatchesUseTheirOwnMatrices(bool broadcastRight)
    {
        const int batch = 5, m = 3, n = 4, k = 6;
        float[] a = Values(batch * m * k, 1), b = Values(batch * k * n, 2), c = new float[batch * m * n];
        GemmKernel.BatchedMultiply<float>(batch, m, n, k, a, k, false, m * k, b, n, false, broadcastRight ? 0 : k * n, c, n, m * n);
        for (int i = 0; i < batch; i++)
        {
            float[] one = new float[m * n];
            GemmKernel.Multiply(m, n, k, a.AsSpan(i * m * k), k, false, b.AsSpan(broadcastRight ? 0 : i * k * n), n, false, one, n);
            Assert.Equal(one, c.AsSpan(i * m * n, m * n).ToArray());
        }
    }

    [Fact]
    public void LargeBatchesRunInParallelWithEqualBits()
    {
        const int batch = 40, m = 48, n = 40, k = 64;
        float[] a = Values(batch * m * k, 1), b = Values(batch * k * n, 2), bias = Values(n, 4);
        float[]? expected = null;
        foreach (int threads in new[] { 1, 2, 4 })
        {
            using var setting = new ThreadSetting(threads);
            float[] c = new float[batch * m * n];
            GemmKernel.BatchedMultiply(batch, m, n, k, a, m, true, m * k, b, n, false, k * n, c, n, m * n, false, new GemmEpilogue<float> { Bias = bias, Activation = GemmActivation.Relu });
            expected ??= c;
            Assert.Equal(expected, c);
        }
    }

    [Theory]
    [InlineData(1, 1, 1, false, false)]
    [InlineData(5, 7, 3, true, false)]
    [InlineData(20, 33, 70, false, true)]
    [InlineData(50, 60, 70, true, true)]
    public void IntegersAreExact(int m, int n, int k, bool transposeA, bool transposeB)
    {
        int[] a = [.. Values(m * k, 1).Select(x => (int)(x * 100))], b = [.. Values(k * n, 2).Select(x => (int)(x * 100))], c = new int[m * n];
        GemmKernel.Multiply<int>(m, n, k, a, transposeA ? m : k, transposeA, b, transposeB ? k : n, transposeB, c, n);
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                int sum = 0;
                for (int p = 0; p < k; p++)
                    sum += a[transposeA ? p * m + i : i * k + p] * b[transposeB ? j * k + p : p * n + j];
                Assert.Equal(sum, c[i * n + j]);
            }
        }
    }

    [Fact]
    public void HalfIsSummedInFloat32()
    {
        // 4096 ones: summed in Half the sum would stop at 2048.
        Half[] a = Enumerable.Repeat((Half)1, 4096).ToArray(), c = [(Half)0];
        GemmKernel.Multiply<Half>(1, 1, 4096, a, 4096, false, a, 1, false, c, 1);
        Assert.Equal((Half)4096, c[0]);
        GemmKernel.Multiply<Half>(1, 1, 4096, a, 4096, false, a, 1, false, c, 1, accumulate: true);
        Assert.Equal((Half)8192, c[0]);
    }

    [Fact]
    public void ComplexNumbersMultiply()
    {
        Complex[] a = [new(1, 2), new(0, 1)], b = [new(3, -1), new(2, 2)], c = new Complex[1];
        GemmKernel.Multiply<Complex>(1, 1, 2, a, 2, false, b, 1, false, c, 1);
        Assert.Equal(a[0] * b[0] + a[1] * b[1], c[0]);
    }

    internal static float[] Values(int count, int seed)
    {
        var random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = random.NextSingle() * 2 - 1;
        return values;
    }

    static void Check(Problem p, GemmLevel level)
    {
        int lda = (p.TransposeA ? p.M : p.K) + p.PadA, ldb = (p.TransposeB ? p.K : p.N) + p.PadB, ldc = p.N + p.PadC;
        int lengthA = Length(p.TransposeA ? p.K : p.M, p.TransposeA ? p.M : p.K, lda), lengthB = Length(p.TransposeB ? p.N : p.K, p.TransposeB ? p.K : p.N, ldb);
        var a = new GuardedBuffer<float>(lengthA, p.PadA);
        var b = new GuardedBuffer<float>(lengthB, p.PadC);
        var c = new GuardedBuffer<float>(Length(p.M, p.N, ldc), p.PadB);
        var bias = new GuardedBuffer<float>(p.N);
        var residual = new GuardedBuffer<float>(Length(p.M, p.N, p.N + 2));
        Values(lengthA, 11).CopyTo(a.Span);
        Values(lengthB, 12).CopyTo(b.Span);
        Values(c.Length, 13).CopyTo(c.Span);
        Values(p.N, 14).CopyTo(bias.Span);
        Values(residual.Length, 15).CopyTo(residual.Span);
        float[] before = c.Span.ToArray();
        bool hasBias = (p.Kind & 1) != 0, hasResidual = (p.Kind & 2) != 0;
        var activation = (p.Kind & 4) == 0 ? GemmActivation.None : hasBias ? hasResidual ? GemmActivation.Tanh : GemmActivation.LeakyRelu : hasResidual ? GemmActivation.Sigmoid : GemmActivation.Relu;
        var epilogue = new GemmEpilogue<float>
        {
            Bias = hasBias ? bias.Span : default, Residual = hasResidual ? residual.Span : default, ResidualStride = p.N + 2, Activation = activation, Slope = 0.25f,
        };

        GemmKernel.Multiply(level, p.M, p.N, p.K, a.Span, lda, p.TransposeA, b.Span, ldb, p.TransposeB, c.Span, ldc, p.Accumulate, epilogue);

        a.AssertGuardsUntouched();
        b.AssertGuardsUntouched();
        c.AssertGuardsUntouched();
        bias.AssertGuardsUntouched();
        residual.AssertGuardsUntouched();
        for (int i = 0; i < p.M; i++)
        {
            for (int j = 0; j < p.N; j++)
            {
                double sum = p.Accumulate ? before[i * ldc + j] : 0, absolute = Math.Abs(sum);
                for (int s = 0; s < p.K; s++)
                {
                    double product = (double)a.Span[p.TransposeA ? s * lda + i : i * lda + s] * b.Span[p.TransposeB ? j * ldb + s : s * ldb + j];
                    sum += product;
                    absolute += Math.Abs(product);
                }

                sum += (hasBias ? bias.Span[j] : 0) + (hasResidual ? residual.Span[i * (p.N + 2) + j] : 0);
                absolute += 2;
                double expected = activation switch
                {
                    GemmActivation.Relu => Math.Max(sum, 0),
                    GemmActivation.LeakyRelu => sum > 0 ? sum : sum * 0.25,
                    GemmActivation.Sigmoid => 1 / (1 + Math.Exp(-sum)),
                    GemmActivation.Tanh => Math.Tanh(sum),
                    _ => sum,
                };

                // The a-priori bound of a sum of k + 4 rounded terms; no activation here is steeper than 1.
                double bound = (p.K + 4) * 6e-8 * absolute;
                float actual = c.Span[i * ldc + j];
                Assert.True(Math.Abs(actual - expected) <= bound, $"{p} {level} at [{i}, {j}]: {actual} instead of {expected}");
            }

            // What lies between two rows is not ours.
            for (int j = p.N; j < ldc && i < p.M - 1; j++)
                Assert.Equal(before[i * ldc + j], c.Span[i * ldc + j]);
        }
    }

    static void CheckDouble(int m, int n, int k, bool transposeA, bool transposeB, bool accumulate, GemmLevel level, int seed)
    {
        double[] a = [.. Values(m * k, seed).Select(x => (double)x)], b = [.. Values(k * n, seed + 1).Select(x => (double)x)];
        int lda = transposeA ? m : k, ldb = transposeB ? k : n;
        var c = new GuardedBuffer<double>(m * n);
        c.Span.Fill(0.5);
        GemmKernel.Multiply(level, m, n, k, a, Math.Max(1, lda), transposeA, b, Math.Max(1, ldb), transposeB, c.Span, n, accumulate, default);
        c.AssertGuardsUntouched();
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double sum = accumulate ? 0.5 : 0;
                for (int p = 0; p < k; p++)
                    sum += a[transposeA ? p * m + i : i * k + p] * b[transposeB ? j * k + p : p * n + j];
                Assert.True(Math.Abs(sum - c.Span[i * n + j]) <= 1e-15 * (k + 1), $"{m} {n} {k} {level} at [{i}, {j}]: {c.Span[i * n + j]} instead of {sum}");
            }
        }
    }

    static int Length(int rows, int columns, int stride) => rows == 0 || columns == 0 ? 0 : (rows - 1) * stride + columns;

    sealed record Problem(int M, int N, int K, bool TransposeA, bool TransposeB, int PadA, int PadB, int PadC, bool Accumulate, int Kind);
}
