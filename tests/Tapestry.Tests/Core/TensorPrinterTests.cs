namespace Tapestry.Tests.Core;

/// <summary>Arrays look as NumPy prints them, scalars as Python does.</summary>
[Trait("Category", "Quick")]
public class TensorPrinterTests
{
    [Theory]
    [InlineData(new[] { 1f, 22.25f, 333f }, "[  1.    22.25 333.  ]")]
    [InlineData(new[] { 1.5f, 1e6f, 1e-3f }, "[1.5e+00 1.0e+06 1.0e-03]")]
    [InlineData(new[] { 1e10f, 2e10f }, "[1.e+10 2.e+10]")]
    [InlineData(new[] { float.NaN, 1f, float.NegativeInfinity }, "[ nan   1. -inf]")]
    [InlineData(new[] { 0f, 0.25f, -1f }, "[ 0.    0.25 -1.  ]")]
    [InlineData(new[] { 0.1f, 0.33333334f }, "[0.1        0.33333334]")]
    [InlineData(new float[0], "[]")]
    public void ColumnsOfNumbersAreAligned(float[] values, string expected) => Assert.Equal($"tf.Tensor({expected}, shape=({values.Length},), dtype=float32)", ((Tensor)values).ToString());

    [Theory]
    [InlineData(6f, "6.0")]
    [InlineData(0.1f, "0.1")]
    [InlineData(1e-5f, "1e-05")]
    [InlineData(1.25e17f, "1.25e+17")]
    [InlineData(123456792f, "123456790.0")]
    [InlineData(-0f, "-0.0")]
    [InlineData(float.NaN, "nan")]
    public void ScalarsShowTheirShortestDigits(float value, string expected) => Assert.Equal($"tf.Tensor({expected}, shape=(), dtype=float32)", Ops.Constant(value).ToString());

    [Fact]
    public void OtherTypesHaveTheirOwnForms()
    {
        Assert.Equal("tf.Tensor([-1 10], shape=(2,), dtype=int32)", ((Tensor)new[] { -1, 10 }).ToString());
        Assert.Equal("tf.Tensor([ True False], shape=(2,), dtype=bool)", ((Tensor)new[] { true, false }).ToString());
        Assert.Equal("tf.Tensor([b'a' b\"it's\"], shape=(2,), dtype=string)", ((Tensor)new[] { "a", "it's" }).ToString());
        Assert.Equal("tf.Tensor([1.+2.j], shape=(1,), dtype=complex64)", Ops.Complex(new[] { 1f }, new[] { 2f }).ToString());
    }

    [Fact]
    public void LargeArraysAreShortenedAndDimensionsKeptApart()
    {
        Assert.Equal("tf.Tensor([   0    1    2 ... 1997 1998 1999], shape=(2000,), dtype=int32)", Ops.Range(2000).ToString());
        Assert.Equal("tf.Tensor(\n[[[0 1]\n  [2 3]]\n\n [[4 5]\n  [6 7]]], shape=(2, 2, 2), dtype=int32)", Ops.Reshape(Ops.Range(8), [2, 2, 2]).ToString());
    }
}
