namespace Tapestry.Tests.Operations.Nn;

public class ConvolutionTests
{
    static Tensor Values(int seed, params int[] shape) => FiniteDifferences.Values(seed, shape);

    [Fact]
    public void AWindowOfOnesSums()
    {
        Tensor x = Ops.Reshape(Ops.Constant(new float[] { 1, 2, 3, 4, 5, 6, 7, 8, 9 }), [1, 3, 3, 1]);
        var kernel = Ops.Ones([2, 2, 1, 1]);
        Assert.Equal([12f, 16f, 24f, 28f], Ops.Conv2D(x, kernel).ToArray<float>());
        Assert.Equal([12f, 16f, 9f, 24f, 28f, 15f, 15f, 17f, 9f], Ops.Conv(x, kernel, padding: "same").ToArray<float>());
        Assert.Equal([1f, 3f, 5f, 7f, 4f], Ops.Reshape(Ops.Convolution(Ops.Reshape(Ops.Constant(new float[] { 1, 2, 3, 4 }), [1, 4, 1]), Ops.Ones([2, 1, 1]), pads: [(1, 1)]), [-1]).ToArray<float>());
    }

    [Fact]
    public void CausalPaddingLooksBackOnly()
    {
        var x = Ops.Reshape(Ops.Constant(new float[] { 1, 2, 3, 4 }), [1, 4, 1]);
        Assert.Equal([1f, 2f, 4f, 6f], Ops.Conv1D(x, Ops.Ones([2, 1, 1]), padding: "causal", dilations: [2]).ToArray<float>());
    }

    [Theory]
    [InlineData("valid", 1, 1)]
    [InlineData("same", 2, 1)]
    [InlineData("same", 1, 2)]
    public void GradientsOfTwoDimensions(string padding, int stride, int dilation) =>
        FiniteDifferences.Check(x => Ops.Convolution(x[0], x[1], [stride], padding, dilations: [dilation]), Values(1, 2, 5, 4, 2), Values(2, 2, 3, 2, 3));

    [Fact]
    public void GradientsOfGroupsAndOtherRanks()
    {
        FiniteDifferences.Check(x => Ops.Conv1D(x[0], x[1], [2], pads: [(2, 1)]), Values(1, 2, 6, 4), Values(2, 3, 2, 4));
        FiniteDifferences.Check(x => Ops.Conv3D(x[0], x[1], padding: "same"), Values(1, 1, 3, 2, 3, 2), Values(2, 2, 2, 2, 2, 1));
        FiniteDifferences.Check(x => Ops.DepthwiseConv(x[0], x[1], padding: "same"), Values(1, 1, 4, 3, 2), Values(2, 2, 2, 2, 2));
        FiniteDifferences.Check(x => Ops.SeparableConv(x[0], x[1], x[2]), Values(1, 1, 4, 3, 2), Values(2, 2, 2, 2, 2), Values(3, 1, 1, 4, 3));
    }

    [Theory]
    [InlineData("valid", 2, new int[0], 8)]
    [InlineData("same", 2, new int[0], 6)]
    [InlineData("same", 2, new[] { 1 }, 6)]
    [InlineData("valid", 2, new[] { 1 }, 8)]
    public void TransposedConvolutions(string padding, int stride, int[] outputPadding, int length)
    {
        var (x, kernel) = (Values(1, 1, 3, 3, 2), Values(2, 3, 3, 4, 2));
        var y = Ops.ConvTranspose(x, kernel, [stride], padding, outputPadding);
        Assert.Equal(new Shape(1, padding == "valid" && outputPadding.Length == 0 ? 7 : length, padding == "valid" && outputPadding.Length == 0 ? 7 : length, 4), y.Shape);
        FiniteDifferences.Check(t => Ops.ConvTranspose(t[0], t[1], [stride], padding, outputPadding), x, kernel);
    }

    [Fact]
    public void ChannelsFirstIsTheSameTurned()
    {
        var (x, kernel) = (Values(1, 2, 5, 4, 3), Values(2, 2, 2, 3, 5));
        var last = Ops.Conv(x, kernel, padding: "same");
        Tensor first = Ops.Zeros([2, 3, 5, 4], DType.Float64);
        var turned = new double[first.Size];
        var values = x.ToArray<double>();
        for (var b = 0; b < 2; b++)
            for (var p = 0; p < 20; p++)
                for (var c = 0; c < 3; c++) turned[(b * 3 + c) * 20 + p] = values[(b * 20 + p) * 3 + c];
        var result = Ops.Conv(Ops.FromSpan<double>(turned, [2, 3, 5, 4]), kernel, padding: "same", dataFormat: "channels_first");
        Assert.Equal(new Shape(2, 5, 5, 4), result.Shape);
        var (expected, actual) = (last.ToArray<double>(), result.ToArray<double>());
        for (var b = 0; b < 2; b++)
            for (var p = 0; p < 20; p++)
                for (var c = 0; c < 5; c++) Assert.Equal(expected[(b * 20 + p) * 5 + c], actual[(b * 5 + c) * 20 + p]);
    }

    [Fact]
    public void SixteenBitFloatsAreWidenedAndRoundedOnce()
    {
        var (x, kernel) = (Ops.Cast(Values(1, 1, 4, 4, 2), DType.Float16), Ops.Cast(Values(2, 3, 3, 2, 2), DType.Float16));
        var wide = Ops.Conv(Ops.Cast(x, DType.Float32), Ops.Cast(kernel, DType.Float32));
        Assert.Equal(Ops.Cast(wide, DType.Float16).ToArray<Half>(), Ops.Conv(x, kernel).ToArray<Half>());
    }

    [Fact]
    public void AnUnknownBatchAndGradientsCompile()
    {
        var step = Function.Of(
            (Tensor x, Tensor kernel) =>
            {
                using var tape = new GradientTape();
                tape.Watch(kernel);
                var y = Ops.MaxPool(Ops.Conv(x, kernel, padding: "same"), [2]);
                return tape.Gradient(y * y, kernel)!;
            },
            new FunctionOptions { InputSignature = [new TensorSpec([null, null, null, 2], DType.Float64), new TensorSpec([3, 3, 2, 3], DType.Float64)] });
        foreach (var batch in new[] { 1, 3 })
        {
            var (x, kernel) = (Values(batch, batch, 6, 5, 2), Values(2, 3, 3, 2, 3));
            using var tape = new GradientTape();
            tape.Watch(kernel);
            var y = Ops.MaxPool(Ops.Conv(x, kernel, padding: "same"), [2]);
            Assert.Equal(tape.Gradient(y * y, kernel)!.ToArray<double>(), step.Apply(x, kernel).ToArray<double>());
        }

        Assert.Equal(1, step.TraceCount);
    }

    [Fact]
    public void WhatDoesNotFitIsRefused()
    {
        var x = Ops.Ones([1, 4, 4, 3]);
        Assert.Contains("multiple", Assert.Throws<TapestryException>(() => Ops.Conv(x, Ops.Ones([2, 2, 2, 2]))).Message);
        Assert.Contains("padding", Assert.Throws<TapestryException>(() => Ops.Conv(x, Ops.Ones([2, 2, 3, 2]), padding: "what")).Message);
        Assert.Throws<TapestryException>(() => Ops.Conv(x, Ops.Ones([2, 2, 3, 2]), [2], dilationRate: [2]));
        Assert.Throws<TapestryException>(() => Ops.Conv(x, Ops.Ones([2, 3, 2])));
    }
}
