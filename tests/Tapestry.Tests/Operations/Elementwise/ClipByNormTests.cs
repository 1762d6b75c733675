namespace Tapestry.Tests.Operations.Elementwise;

/// <summary>Tensors that are shortened, and numbers that are rounded to decimals.</summary>
[Trait("Category", "Quick")]
public class ClipByNormTests
{
    [Fact]
    public void ALongTensorIsShortenedAShortOneStays()
    {
        Tensor x = new float[] { 3, 4 };
        Assert.Equal([1.5f, 2], Ops.ClipByNorm(x, 2.5f).ToArray<float>());
        Assert.Equal([3f, 4], Ops.ClipByNorm(x, 6f).ToArray<float>());
        Assert.Equal([0.6f, 0.8f, 0, 0.5f], Ops.ClipByNorm(new float[,] { { 3, 4 }, { 0, 0.5f } }, 1f, axes: 1).ToArray<float>(), new Near());
        var zero = Ops.Zeros([2]);
        using var tape = new GradientTape();
        tape.Watch(zero);
        Assert.Equal([1f, 1], tape.Gradient(Ops.ClipByNorm(zero, 1f), zero)!.ToArray<float>());
    }

    [Fact]
    public void SeveralTensorsKeepTheirProportions()
    {
        var (clipped, norm) = Ops.ClipByGlobalNorm([new float[] { 2, 4 }, null, new float[] { 4 }], 3f);
        Assert.Equal((6f, null), ((float)norm, clipped[1]));
        Assert.Equal([1f, 2], clipped[0]!.ToArray<float>());
        Assert.Equal([2f], clipped[2]!.ToArray<float>());
        Assert.Equal([float.NaN], Ops.ClipByGlobalNorm([new[] { float.PositiveInfinity }], 1f).Clipped[0]!.ToArray<float>());
        Assert.Throws<TapestryException>(() => Ops.GlobalNorm([null]));
    }

    [Theory]
    [InlineData(1, 12.2f, -0.2f)]
    [InlineData(-1, 10f, 0f)]
    [InlineData(0, 12f, 0f)]
    public void RoundsToDecimals(int decimals, float first, float second) => Assert.Equal([first, second], Ops.Round(new[] { 12.16f, -0.16f }, decimals).ToArray<float>().Select(value => value + 0f));

    [Fact]
    public void RoundsWholeNumbersToTens() => Assert.Equal([20, 120, -120, 5], Ops.Concat([Ops.Round(new[] { 15, 123, -115 }, -1), Ops.Round(new[] { 5 }, 2)]).ToArray<int>());

    sealed class Near : IEqualityComparer<float>
    {
        public bool Equals(float a, float b) => Math.Abs(a - b) < 1e-6f;

        public int GetHashCode(float value) => 0;
    }
}
