using System.Runtime.InteropServices;
using CsCheck;
using Tapestry.Kernels.Conv;
using Tapestry.Kernels.Gemm;
using Tapestry.Tests.Kernels.Threading;

namespace Tapestry.Tests.Kernels.Conv;

[Collection(nameof(ThreadCountCollection))]
[Trait("Category", "Quick")]
public sealed class ConvolutionTests
{
    static readonly GemmLevel[] levels = [GemmLevel.Scalar, GemmLevel.Vector128, GemmLevel.Vector256, GemmLevel.Vector512];

    /// <summary>Geometries whose every dimension can be ragged, clipped, strided or dilated.</summary>
    static readonly Gen<ConvGeometry> geometries =
        from rank in Gen.Int[1, 3]
        from batch in Gen.Int[1, 3]
        from groups in OneOf(1, 1, 2, 3)
        from inputs in OneOf(1, 2, 3, 5, 8, 17)
        from outputs in OneOf(1, 2, 4, 7, 16, 33)
        from sizes in Gen.Int[1, 9].Array[rank]
        from filters in Gen.Int[1, 4].Array[rank]
        from strides in Gen.Int[1, 3].Array[rank]
        from dilations in OneOf(1, 1, 2, 3).Array[rank]
        from pads in Gen.Int[0, 3].Array[rank]
        from padsAfter in Gen.Int[0, 3].Array[rank]
        select Fit(batch, sizes, inputs * groups, filters, outputs * groups, strides, dilations, pads, padsAfter, groups);

    static readonly Gen<ConvGeometry> depthwise =
        from rank in Gen.Int[1, 3]
        from batch in Gen.Int[1, 2]
        from channels in OneOf(2, 3, 8, 16, 20, 37)
        from sizes in Gen.Int[1, 14].Array[rank]
        from filters in OneOf(1, 2, 3, 3, 4, 5, 6).Array[rank]
        from strides in Gen.Int[1, 3].Array[rank]
        from dilations in OneOf(1, 1, 2).Array[rank]
        from pads in Gen.Int[0, 3].Array[rank]
        from padsAfter in Gen.Int[0, 3].Array[rank]
        select Fit(batch, sizes, channels, filters, channels, strides, dilations, pads, padsAfter, channels);

    [Fact]
    public void RandomGeometriesMatchTheReference() =>
        Gen.Select(geometries, Gen.Int[0, 11]).Sample((geometry, kind) => Check(geometry, levels[kind % 4], kind), iter: 400, threads: 1);

    [Fact]
    public void DepthwiseGeometriesMatchTheReference() =>
        Gen.Select(depthwise, Gen.Int[0, 11]).Sample((geometry, kind) => Check(geometry, levels[kind % 4], kind), iter: 300, threads: 1);

    /// <summary>Large results are stored past the caches: they have the bits of those that are small because they come picture by picture.</summary>
    [Fact]
    public unsafe void LargeDepthwiseResultsHaveTheBitsOfSmallOnes()
    {
        ConvGeometry all = Fit(8, [112, 112], 32, [3, 3], 32, [1, 1], [1, 1], [1, 1], [1, 1], 32), one = Fit(1, [112, 112], 32, [3, 3], 32, [1, 1], [1, 1], [1, 1], [1, 1], 32);
        float[] input = Floats(all.InputLength, 1), filter = Floats(all.FilterLength, 2), expected = new float[all.OutputLength];
        int size = (int)one.OutputLength;
        void* aligned = NativeMemory.AlignedAlloc((nuint)expected.Length * sizeof(float), 64);
        var output = new Span<float>(aligned, expected.Length);
        foreach (GemmLevel level in levels)
        {
            Convolution.Forward<float>(level, all, input, filter, output, default);
            for (int image = 0; image < all.Batch; image++)
                Convolution.Forward<float>(level, one, input.AsSpan(image * size, size), filter, expected.AsSpan(image * size, size), default);
            Assert.True(output.SequenceEqual(expected));
            output.Clear();
            Convolution.BackwardInput<float>(level, all, input, filter, output, default);
            for (int image = 0; image < all.Batch; image++)
                Convolution.BackwardInput<float>(level, one, input.AsSpan(image * size, size), filter, expected.AsSpan(image * size, size), default);
            Assert.True(output.SequenceEqual(expected));
        }

        NativeMemory.AlignedFree(aligned);
    }

    [Fact]
    public void LargerPicturesMatchTheReference()
    {
        Check(Fit(2, [14, 15], 40, [3, 3], 24, [1, 1], [1, 1], [1, 1], [1, 1], 1), GemmLevels.Best, 3);
        Check(Fit(1, [20, 30], 3, [7, 7], 35, [2, 2], [1, 1], [3, 3], [3, 3], 1), GemmLevels.Best, 3);
        Check(Fit(2, [14, 15], 70, [1, 1], 33, [1, 1], [1, 1], [0, 0], [0, 0], 1), GemmLevels.Best, 1);
        Check(Fit(2, [17, 15], 40, [1, 1], 33, [2, 2], [1, 1], [0, 0], [0, 0], 1), GemmLevels.Best, 0);
        Check(Fit(4, [40, 40], 1, [3, 3], 4, [1, 1], [1, 1], [1, 1], [1, 1], 1), GemmLevels.Best, 3);
    }

    /// <summary>A line of a patch at the picture's edge is copied with its padding: three taps of so many channels are more than one copy holds.</summary>
    [Fact]
    public void ClippedPatchesOfManyChannelsMatchTheReference()
    {
        // More columns than the kernel over lines takes at any width of vectors.
        foreach (GemmLevel level in levels)
            Check(Fit(1, [5, 3], 256, [3, 3], 144, [2, 2], [1, 1], [1, 1], [1, 1], 1), level, 0);
    }

    /// <summary>Filters of 3×3 with many channels go through Winograd's transforms: odd sizes, every padding, every width, every finish.</summary>
    [Fact]
    public void TransformedTilesMatchTheReference()
    {
        var geometry = from batch in Gen.Int[1, 3]
                       from inputs in OneOf(32, 48, 80)
                       from outputs in OneOf(32, 64, 112)
                       from height in Gen.Int[14, 23]
                       from width in Gen.Int[14, 23]
                       from pads in Gen.Int[0, 2].Array[4]
                       select Fit(batch, [height, width], inputs, [3, 3], outputs, [1, 1], [1, 1], pads[..2], pads[2..], 1);
        Gen.Select(geometry, Gen.Int[0, 11]).Sample((shape, kind) => Check(shape, levels[kind % 4], kind), iter: 25, threads: 1);
    }

    /// <summary>The largest filter whose gradient is summed in transformed form, and one whose gradient is summed directly.</summary>
    [Theory]
    [InlineData(192, true)]
    [InlineData(208, false)]
    public void GradientsOfLargeFiltersMatchTheReference(int inputs, bool isTransformed)
    {
        ConvGeometry geometry = Fit(1, [16, 17], inputs, [3, 3], 256, [1, 1], [1, 1], [1, 1], [1, 1], 1);
        Assert.Equal(isTransformed, WinogradShape.SuitsGradient<float>(geometry));
        Check(geometry, GemmLevels.Best, 0);
    }

    /// <summary>A filter that was transformed before gives the bits of one that is transformed on the way, also where the last panel is one vector wide.</summary>
    [Fact]
    public void PreparedFiltersGiveTheSameBits()
    {
        foreach (GemmLevel level in levels)
        {
            foreach ((int inputs, int outputs) in new[] { (32, 48), (80, 112), (64, 64) })
            {
                ConvGeometry geometry = Fit(2, [15, 14], inputs, [3, 3], outputs, [1, 1], [1, 1], [1, 1], [1, 1], 1);
                Assert.True(WinogradShape.IsSuitable<float>(geometry));
                var prepared = new GuardedBuffer<float>((int)WinogradFilter.Length(level, inputs, outputs), 1);
                float[] input = Floats(geometry.InputLength, 1), filter = Floats(geometry.FilterLength, 2), bias = Floats(outputs, 3);
                float[] expected = new float[geometry.OutputLength], output = new float[geometry.OutputLength];
                var epilogue = new GemmEpilogue<float> { Bias = bias, Activation = GemmActivation.Relu };
                WinogradFilter.Prepare(level, filter, inputs, outputs, prepared.Span);
                prepared.AssertGuardsUntouched();
                Convolution.Forward(level, geometry, input, filter, expected, epilogue);
                WinogradFilter.Forward(level, geometry, input, prepared.Span, output, epilogue);
                Assert.Equal(expected, output);
            }
        }
    }

    [Fact]
    public void Float64IsAsGoodAsFloat64()
    {
        geometries.Sample(geometry =>
        {
            double[] input = Doubles(geometry.InputLength, 1), filter = Doubles(geometry.FilterLength, 2), gradient = Doubles(geometry.OutputLength, 3);
            double[] output = new double[geometry.OutputLength], gradInput = new double[geometry.InputLength], gradFilter = new double[geometry.FilterLength];
            Convolution.Forward<double>(geometry, input, filter, output);
            Convolution.BackwardInput<double>(geometry, gradient, filter, gradInput);
            Convolution.BackwardFilter<double>(geometry, input, gradient, gradFilter);
            var reference = new Reference(geometry);
            reference.Run(input, filter, gradient);
            AssertClose(reference.Output, reference.OutputSize, output, 1e-14);
            AssertClose(reference.GradInput, reference.GradInputSize, gradInput, 1e-14);
            AssertClose(reference.GradFilter, reference.GradFilterSize, gradFilter, 1e-14);
        }, iter: 100, threads: 1);
    }

    [Fact]
    public void BitsDoNotDependOnTheThreads()
    {
        ConvGeometry[] cases =
        [
            Fit(4, [20, 21], 16, [3, 3], 32, [1, 1], [1, 1], [1, 1], [1, 1], 1),
            Fit(4, [20, 21], 32, [3, 3], 32, [2, 2], [1, 1], [1, 1], [1, 1], 32),
            Fit(4, [20, 41], 32, [3, 3], 32, [1, 1], [1, 1], [1, 1], [1, 1], 32),
            Fit(8, [40, 40], 1, [3, 3], 32, [1, 1], [1, 1], [1, 1], [1, 1], 1),
            Fit(8, [40, 41], 32, [3, 3], 48, [1, 1], [1, 1], [1, 1], [1, 1], 1),
            Fit(1, [27, 28], 128, [3, 3], 128, [1, 1], [1, 1], [1, 1], [1, 1], 1),
        ];
        foreach (ConvGeometry geometry in cases)
        {
            float[] input = Floats(geometry.InputLength, 1), filter = Floats(geometry.FilterLength, 2), gradient = Floats(geometry.OutputLength, 3);
            float[]? expectedOutput = null, expectedInput = null, expectedFilter = null;
            foreach (int threads in new[] { 1, 2, 4 })
            {
                using var setting = new ThreadSetting(threads);
                float[] output = new float[geometry.OutputLength], gradInput = new float[geometry.InputLength], gradFilter = new float[geometry.FilterLength];
                Convolution.Forward<float>(geometry, input, filter, output);
                Convolution.BackwardInput<float>(geometry, gradient, filter, gradInput);
                Convolution.BackwardFilter<float>(geometry, input, gradient, gradFilter);
                expectedOutput ??= output;
                expectedInput ??= gradInput;
                expectedFilter ??= gradFilter;
                Assert.Equal(expectedOutput, output);
                Assert.Equal(expectedInput, gradInput);
                Assert.Equal(expectedFilter, gradFilter);
            }
        }
    }

    [Fact]
    public void CallsAllocateNothing()
    {
        ConvGeometry geometry = Fit(2, [20, 21], 16, [3, 3], 32, [2, 2], [1, 1], [1, 1], [1, 1], 1);
        float[] input = Floats(geometry.InputLength, 1), filter = Floats(geometry.FilterLength, 2), gradient = Floats(geometry.OutputLength, 3), output = new float[geometry.OutputLength];
        long before = 0;
        for (int round = 0; round < 6; round++)
        {
            if (round == 3)
                before = GC.GetAllocatedBytesForCurrentThread();
            Convolution.Forward<float>(geometry, input, filter, output);
            Convolution.BackwardInput<float>(geometry, gradient, filter, input);
            Convolution.BackwardFilter<float>(geometry, input, gradient, filter);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    static Gen<int> OneOf(params int[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    /// <summary>A geometry with as many outputs as the padded input holds; the filter shrinks if it does not fit.</summary>
    static ConvGeometry Fit(
        int batch, int[] sizes, int inputs, int[] filters, int outputs, int[] strides, int[] dilations, int[] pads, int[] padsAfter, int groups)
    {
        int[] fitted = (int[])filters.Clone(), outputSizes = new int[sizes.Length];
        for (int i = 0; i < sizes.Length; i++)
        {
            int padded = sizes[i] + pads[i] + padsAfter[i];
            while ((fitted[i] - 1) * dilations[i] + 1 > padded)
                fitted[i]--;
            outputSizes[i] = (padded - ((fitted[i] - 1) * dilations[i] + 1)) / strides[i] + 1;
        }

        return ConvGeometry.Create(batch, sizes, inputs, fitted, outputs, strides, dilations, pads, outputSizes, groups);
    }

    static void Check(ConvGeometry geometry, GemmLevel level, int kind)
    {
        var input = new GuardedBuffer<float>((int)geometry.InputLength);
        var filter = new GuardedBuffer<float>((int)geometry.FilterLength, 1);
        var output = new GuardedBuffer<float>((int)geometry.OutputLength, 2);
        var gradient = new GuardedBuffer<float>((int)geometry.OutputLength, 3);
        var gradInput = new GuardedBuffer<float>((int)geometry.InputLength, 1);
        var gradFilter = new GuardedBuffer<float>((int)geometry.FilterLength, 2);
        var bias = new GuardedBuffer<float>(geometry.OutputChannels);
        var inputBias = new GuardedBuffer<float>(geometry.InputChannels);
        var residual = new GuardedBuffer<float>((int)geometry.OutputLength);
        Floats(input.Length, 1).CopyTo(input.Span);
        Floats(filter.Length, 2).CopyTo(filter.Span);
        Floats(gradient.Length, 3).CopyTo(gradient.Span);
        Floats(bias.Length, 4).CopyTo(bias.Span);
        Floats(inputBias.Length, 5).CopyTo(inputBias.Span);
        Floats(residual.Length, 6).CopyTo(residual.Span);
        bool epilogue = (kind & 1) != 0, relu = (kind & 2) != 0;
        Convolution.Forward(level, geometry, input.Span, filter.Span, output.Span, !epilogue ? default : new GemmEpilogue<float>
        {
            Bias = bias.Span, Residual = residual.Span, ResidualStride = geometry.OutputChannels, Activation = relu ? GemmActivation.Relu : GemmActivation.None,
        });
        Convolution.BackwardInput(level, geometry, gradient.Span, filter.Span, gradInput.Span, !epilogue ? default : new GemmEpilogue<float>
        {
            Bias = inputBias.Span, Activation = relu ? GemmActivation.Relu : GemmActivation.None,
        });
        Convolution.BackwardFilter<float>(level, geometry, input.Span, gradient.Span, gradFilter.Span);

        new Gemm.FinishedMatrix(output.Length / geometry.OutputChannels, geometry.OutputChannels).Check(
            (result, finish) => Convolution.Forward(level, geometry, input.Span, filter.Span, result, new GemmEpilogue<float> { Finish = finish }), $"convolution {level}");
        new Gemm.FinishedMatrix(gradInput.Length / geometry.InputChannels, geometry.InputChannels).Check(
            (result, finish) => Convolution.BackwardInput(level, geometry, gradient.Span, filter.Span, result, new GemmEpilogue<float> { Finish = finish }), $"gradient of the input {level}");

        foreach (var buffer in new[] { input, filter, output, gradient, gradInput, gradFilter, bias, inputBias, residual })
            buffer.AssertGuardsUntouched();
        var reference = new Reference(geometry);
        reference.Run(Array.ConvertAll(input.Span.ToArray(), x => (double)x), Array.ConvertAll(filter.Span.ToArray(), x => (double)x), Array.ConvertAll(gradient.Span.ToArray(), x => (double)x));
        if (epilogue)
        {
            Finish(reference.Output, reference.OutputSize, i => (double)bias.Span[i % bias.Length] + residual.Span[i], relu);
            Finish(reference.GradInput, reference.GradInputSize, i => inputBias.Span[i % inputBias.Length], relu);
        }

        // Rounding errors of a sum grow like a random walk; eight half units in the last place of the sum of magnitudes are ample.
        double rounding = 6e-8 * 8;
        AssertClose(reference.Output, reference.OutputSize, Array.ConvertAll(output.Span.ToArray(), x => (double)x), rounding);
        AssertClose(reference.GradInput, reference.GradInputSize, Array.ConvertAll(gradInput.Span.ToArray(), x => (double)x), rounding);
        AssertClose(reference.GradFilter, reference.GradFilterSize, Array.ConvertAll(gradFilter.Span.ToArray(), x => (double)x), rounding);
    }

    static void Finish(double[] values, double[] sizes, Func<int, double> added, bool relu)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] += added(i);
            sizes[i] += 2;
            if (relu)
                values[i] = Math.Max(0, values[i]);
        }
    }

    static void AssertClose(double[] expected, double[] magnitudes, double[] actual, double relative)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            double bound = relative * (magnitudes[i] + 1e-30);
            Assert.True(Math.Abs(expected[i] - actual[i]) <= bound, $"at {i}: {actual[i]} instead of {expected[i]}, bound {bound}");
        }
    }

    static float[] Floats(long count, int seed) => Gemm.GemmTests.Values((int)count, seed);

    static double[] Doubles(long count, int seed) => Array.ConvertAll(Floats(count, seed), x => (double)x);

    /// <summary>All three results by the definition, in double, with the sums of magnitudes that bound rounding errors.</summary>
    sealed class Reference(ConvGeometry g)
    {
        internal double[] Output { get; } = new double[g.OutputLength];

        internal double[] OutputSize { get; } = new double[g.OutputLength];

        internal double[] GradInput { get; } = new double[g.InputLength];

        internal double[] GradInputSize { get; } = new double[g.InputLength];

        internal double[] GradFilter { get; } = new double[g.FilterLength];

        internal double[] GradFilterSize { get; } = new double[g.FilterLength];

        internal void Run(double[] input, double[] filter, double[] gradient)
        {
            for (int n = 0; n < g.Batch; n++)
            {
                for (int o = 0; o < g.Output[0] * g.Output[1] * g.Output[2]; o++)
                {
                    int od = o / (g.Output[1] * g.Output[2]), oh = o / g.Output[2] % g.Output[1], ow = o % g.Output[2];
                    for (int f = 0; f < g.Filter[0] * g.Filter[1] * g.Filter[2]; f++)
                    {
                        int d = od * g.Strides[0] + f / (g.Filter[1] * g.Filter[2]) * g.Dilations[0] - g.PadBefore[0];
                        int h = oh * g.Strides[1] + f / g.Filter[2] % g.Filter[1] * g.Dilations[1] - g.PadBefore[1];
                        int w = ow * g.Strides[2] + f % g.Filter[2] * g.Dilations[2] - g.PadBefore[2];
                        if (d < 0 || d >= g.Input[0] || h < 0 || h >= g.Input[1] || w < 0 || w >= g.Input[2])
                            continue;
                        int from = (((n * g.Input[0] + d) * g.Input[1] + h) * g.Input[2] + w) * g.InputChannels;
                        int to = (n * g.Output[0] * g.Output[1] * g.Output[2] + o) * g.OutputChannels;
                        Pixel(input, filter, gradient, from, f, to);
                    }
                }
            }
        }

        void Pixel(double[] input, double[] filter, double[] gradient, int from, int tap, int to)
        {
            int groupInputs = g.InputChannels / g.Groups, groupOutputs = g.OutputChannels / g.Groups;
            for (int j = 0; j < g.OutputChannels; j++)
            {
                for (int i = 0; i < groupInputs; i++)
                {
                    int source = from + j / groupOutputs * groupInputs + i, weight = (tap * groupInputs + i) * g.OutputChannels + j;
                    Add(Output, OutputSize, to + j, input[source] * filter[weight]);
                    Add(GradInput, GradInputSize, source, gradient[to + j] * filter[weight]);
                    Add(GradFilter, GradFilterSize, weight, gradient[to + j] * input[source]);
                }
            }
        }

        static void Add(double[] sums, double[] sizes, int at, double value)
        {
            sums[at] += value;
            sizes[at] += Math.Abs(value);
        }
    }
}
