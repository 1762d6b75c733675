using CsCheck;
using Tapestry.Kernels.Gemm;
using Tapestry.Kernels.Pooling;
using Tapestry.Tests.Kernels.Threading;
using PoolingKernels = Tapestry.Kernels.Pooling.Pooling;

namespace Tapestry.Tests.Kernels.Pooling;

[Collection(nameof(ThreadCountCollection))]
[Trait("Category", "Quick")]
public sealed class PoolingTests
{
    static readonly GemmLevel[] levels = [GemmLevel.Scalar, GemmLevel.Vector128, GemmLevel.Vector256, GemmLevel.Vector512];

    static readonly Gen<PoolGeometry> geometries = Geometries(sideBySide: false);

    [Fact]
    public void RandomGeometriesMatchTheReference() => Gen.Select(geometries, Gen.Int[0, 3]).Sample((geometry, level) => Check(geometry, levels[level]), iter: 400, threads: 1);

    [Fact]
    public void TheFirstMaximumReceivesTheGradient()
    {
        PoolGeometry geometry = PoolGeometry.Create(1, [2, 4], 1, [2, 2], [2, 2], [1, 1], [0, 0], [1, 2]);
        float[] gradInput = new float[8];
        PoolingKernels.MaxBackward<float>(geometry, [3, 3, 1, 2, 3, 0, 2, 2], [10, 20], gradInput);
        Assert.Equal([10, 0, 0, 20, 0, 0, 0, 0], gradInput);
    }

    /// <summary>Of windows that share nothing the gradient may be written over the input, which the compiler does: at every width, with what no window covers, to one maximum or to all.</summary>
    [Fact]
    public void WindowsSideBySideMayBeWrittenOver()
    {
        Gen.Select(Geometries(sideBySide: true), Gen.Int[0, 15]).Sample(
            (geometry, kind) =>
            {
                // A window that is larger than its input has become smaller.
                if (!geometry.IsSideBySide) return;
                // Few different numbers, so that maxima are equal and some are not positive.
                var random = new Random(kind);
                float[] input = [.. Enumerable.Range(0, (int)geometry.InputLength).Select(_ => random.Next(-3, 4))], gradient = [.. Enumerable.Range(1, (int)geometry.OutputLength).Select(i => (float)i)];
                float[] expected = new float[input.Length];
                var (level, to, ofPositive) = (levels[kind % 4], (kind & 4) == 0 ? PoolKind.MaxBackward : PoolKind.MaxBackwardToAll, (kind & 8) != 0);
                PoolingKernels.Run<float>(level, to, geometry, input, gradient, expected, ofPositive);
                PoolingKernels.Run<float>(level, to, geometry, input, gradient, input, ofPositive);
                Assert.Equal(expected, input);
            },
            iter: 300, threads: 1);
    }

    [Fact]
    public void WithoutWindowsTheGradientIsZero()
    {
        foreach ((int window, int stride) in new[] { (2, 2), (2, 1) })
        {
            PoolGeometry geometry = PoolGeometry.Create(1, [1], 3, [window], [stride], [1], [0], [0]);
            float[] gradInput = [1, 2, 3];
            PoolingKernels.MaxBackward<float>(geometry, [1, 2, 3], [], gradInput);
            Assert.Equal([0, 0, 0], gradInput);
            gradInput = [1, 2, 3];
            PoolingKernels.AverageBackward<float>(geometry, [], gradInput);
            Assert.Equal([0, 0, 0], gradInput);
        }
    }

    [Fact]
    public void NaNIsTheMaximum()
    {
        PoolGeometry geometry = PoolGeometry.Create(1, [3], 1, [3], [1], [1], [0], [1]);
        float[] output = new float[1], gradInput = new float[3];
        PoolingKernels.MaxForward<float>(geometry, [1, float.NaN, 5], output);
        PoolingKernels.MaxBackward<float>(geometry, [1, float.NaN, 5], [7], gradInput);
        Assert.Equal(float.NaN, output[0]);
        Assert.Equal([0, 7, 0], gradInput);
        PoolingKernels.MaxBackward<float>(geometry, [1, float.NaN, 5], [7], gradInput, ofPositive: true);
        Assert.Equal([0, 0, 0], gradInput);
    }

    [Fact]
    public void PaddingDoesNotCountInTheMean()
    {
        PoolGeometry geometry = PoolGeometry.Create(1, [3], 1, [3], [1], [1], [1], [3]);
        float[] output = new float[3], gradInput = new float[3];
        PoolingKernels.AverageForward<float>(geometry, [2, 4, 9], output);
        PoolingKernels.AverageBackward<float>(geometry, [2, 3, 4], gradInput);
        Assert.Equal([3, 5, 6.5f], output);
        Assert.Equal([2, 4, 3], gradInput);
    }

    [Fact]
    public void Float64Works()
    {
        PoolGeometry geometry = PoolGeometry.Create(1, [4], 3, [2], [2], [1], [0], [2]);
        double[] input = [1, 2, 3, 4, 5, 6, 1, 1, 1, 0, 2, 0], max = new double[6], mean = new double[6];
        PoolingKernels.MaxForward<double>(geometry, input, max);
        PoolingKernels.AverageForward<double>(geometry, input, mean);
        Assert.Equal([4, 5, 6, 1, 2, 1], max);
        Assert.Equal([2.5, 3.5, 4.5, 0.5, 1.5, 0.5], mean);
    }

    [Fact]
    public void BitsDoNotDependOnTheThreads()
    {
        PoolGeometry geometry = Fit(3, [30, 31], 70, [3, 3], [2, 2], [1, 1], [1, 1]);
        float[] input = Gemm.GemmTests.Values((int)geometry.InputLength, 1), gradient = Gemm.GemmTests.Values((int)geometry.OutputLength, 2);
        foreach (PoolKind kind in Enum.GetValues<PoolKind>())
        {
            float[]? expected = null;
            foreach (int threads in new[] { 1, 2, 4 })
            {
                using var setting = new ThreadSetting(threads);
                float[] result = new float[kind is PoolKind.MaxForward or PoolKind.AverageForward ? geometry.OutputLength : geometry.InputLength];
                PoolingKernels.Run<float>(GemmLevels.Best, kind, geometry, input, gradient, result);
                expected ??= result;
                Assert.Equal(expected, result);
            }
        }
    }

    static Gen<PoolGeometry> Geometries(bool sideBySide) =>
        from rank in Gen.Int[1, 3]
        from batch in Gen.Int[1, 3]
        from channels in Gen.Int[1, 40]
        from sizes in Gen.Int[1, 9].Array[rank]
        from windows in Gen.Int[1, 4].Array[rank]
        from strides in sideBySide ? Gen.Const(windows) : Gen.Int[1, 3].Array[rank]
        from dilations in Gen.Int[1, sideBySide ? 1 : 2].Array[rank]
        from pads in Gen.Int[0, 2].Array[rank]
        select Fit(batch, sizes, channels, windows, strides, dilations, pads);

    static PoolGeometry Fit(int batch, int[] sizes, int channels, int[] windows, int[] strides, int[] dilations, int[] pads)
    {
        // As with TensorFlow's paddings, no window lies outside the input as a whole.
        int[] window = (int[])windows.Clone(), pad = (int[])pads.Clone(), output = new int[sizes.Length];
        for (int i = 0; i < sizes.Length; i++)
        {
            pad[i] = Math.Min(pad[i], (window[i] - 1) * dilations[i]);
            while ((window[i] - 1) * dilations[i] + 1 > sizes[i] + 2 * pad[i])
                window[i]--;
            output[i] = (sizes[i] + 2 * pad[i] - ((window[i] - 1) * dilations[i] + 1)) / strides[i] + 1;
        }

        return PoolGeometry.Create(batch, sizes, channels, window, strides, dilations, pad, output);
    }

    static void Check(PoolGeometry g, GemmLevel level)
    {
        var input = new GuardedBuffer<float>((int)g.InputLength, 1);
        var gradient = new GuardedBuffer<float>((int)g.OutputLength, 3);
        var random = new Random(1);

        // Few distinct values, so that maxima are often met twice.
        foreach (ref float x in input.Span)
            x = random.Next(-3, 4);
        foreach (ref float x in gradient.Span)
            x = random.Next(-100, 100);
        var max = new GuardedBuffer<float>((int)g.OutputLength);
        var mean = new GuardedBuffer<float>((int)g.OutputLength, 2);
        var maxGradient = new GuardedBuffer<float>((int)g.InputLength);
        var meanGradient = new GuardedBuffer<float>((int)g.InputLength, 2);
        PoolingKernels.Run<float>(level, PoolKind.MaxForward, g, input.Span, [], max.Span);
        PoolingKernels.Run<float>(level, PoolKind.AverageForward, g, input.Span, [], mean.Span);
        PoolingKernels.Run<float>(level, PoolKind.MaxBackward, g, input.Span, gradient.Span, maxGradient.Span);
        PoolingKernels.Run<float>(level, PoolKind.AverageBackward, g, [], gradient.Span, meanGradient.Span);
        var (positiveGradient, allGradient, allPositiveGradient) = (new GuardedBuffer<float>((int)g.InputLength), new GuardedBuffer<float>((int)g.InputLength), new GuardedBuffer<float>((int)g.InputLength));
        PoolingKernels.Run<float>(level, PoolKind.MaxBackward, g, input.Span, gradient.Span, positiveGradient.Span, ofPositive: true);
        PoolingKernels.Run<float>(level, PoolKind.MaxBackwardToAll, g, input.Span, gradient.Span, allGradient.Span);
        PoolingKernels.Run<float>(level, PoolKind.MaxBackwardToAll, g, input.Span, gradient.Span, allPositiveGradient.Span, ofPositive: true);
        foreach (var buffer in new[] { input, gradient, max, mean, maxGradient, meanGradient, positiveGradient, allGradient, allPositiveGradient })
            buffer.AssertGuardsUntouched();

        double[] expectedMax = new double[g.InputLength], expectedMean = new double[g.InputLength];
        int at = 0;
        for (int n = 0; n < g.Batch; n++)
        {
            for (int o = 0; o < g.Output[0] * g.Output[1] * g.Output[2]; o++)
            {
                int od = o / (g.Output[1] * g.Output[2]), oh = o / g.Output[2] % g.Output[1], ow = o % g.Output[2];
                for (int c = 0; c < g.Channels; c++, at++)
                {
                    int best = -1;
                    double sum = 0;
                    var taps = new List<int>();
                    for (int t = 0; t < g.Window[0] * g.Window[1] * g.Window[2]; t++)
                    {
                        int d = od * g.Strides[0] + t / (g.Window[1] * g.Window[2]) * g.Dilations[0] - g.PadBefore[0];
                        int h = oh * g.Strides[1] + t / g.Window[2] % g.Window[1] * g.Dilations[1] - g.PadBefore[1];
                        int w = ow * g.Strides[2] + t % g.Window[2] * g.Dilations[2] - g.PadBefore[2];
                        if (d < 0 || d >= g.Input[0] || h < 0 || h >= g.Input[1] || w < 0 || w >= g.Input[2])
                            continue;
                        int from = (((n * g.Input[0] + d) * g.Input[1] + h) * g.Input[2] + w) * g.Channels + c;
                        taps.Add(from);
                        sum += input.Span[from];
                        if (best < 0 || input.Span[from] > input.Span[best])
                            best = from;
                    }

                    if (best < 0)
                        continue;
                    Assert.Equal(input.Span[best], max.Span[at]);
                    Assert.Equal((float)(sum / taps.Count), mean.Span[at], 1e-6);
                    expectedMax[best] += gradient.Span[at];
                    foreach (int tap in taps)
                        expectedMean[tap] += (double)gradient.Span[at] / taps.Count;
                }
            }
        }

        for (int i = 0; i < g.InputLength; i++)
        {
            Assert.Equal(expectedMax[i], maxGradient.Span[i]);
            Assert.Equal(input.Span[i] > 0 ? maxGradient.Span[i] : 0, positiveGradient.Span[i]);
            Assert.Equal(input.Span[i] > 0 ? allGradient.Span[i] : 0, allPositiveGradient.Span[i]);
            Assert.True(Math.Abs(expectedMean[i] - meanGradient.Span[i]) <= 3e-4, $"at {i}: {meanGradient.Span[i]} instead of {expectedMean[i]}");
        }
    }
}
