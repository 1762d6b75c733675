namespace Tapestry.Tests.Golden.Infrastructure;

[Trait("Category", "Quick")]
public class GoldenComparerTests
{
    const float Inf = float.PositiveInfinity;

    [Fact]
    public void TheWorstErrorIsAMultipleOfItsTolerance()
    {
        var result = GoldenComparer.Compare(new double[] { 1, 100 }, new double[] { 1.5, 101 }, atol: 1, rtol: 0.01);
        Assert.Null(result.Fault);
        Assert.Equal(0.5, result.Worst, 1e-12);
    }

    [Fact]
    public void AnErrorNamesPlaceNumbersAndMultiple()
    {
        var expected = new float[,] { { 1, 2 }, { 3, 4 } };
        var result = GoldenComparer.Compare(expected, new float[,] { { 1, 2 }, { 3.5f, 4 } }, atol: 0.25, rtol: 0);
        Assert.Equal(2, result.Worst);
        Assert.Equal("1 of 4 elements of (2, 2) differ; worst at [1, 0]: got 3.5, expected 3, 2 times the tolerance (atol 0.25, rtol 0)", result.Fault);
    }

    [Theory]
    [InlineData(float.NaN, float.NaN, true)]
    [InlineData(float.NaN, 1f, false)]
    [InlineData(1f, float.NaN, false)]
    [InlineData(Inf, Inf, true)]
    [InlineData(Inf, -Inf, false)]
    [InlineData(Inf, 3e38f, false)]
    [InlineData(3e38f, Inf, false)]
    [InlineData(0f, 0f, true)]
    [InlineData(0f, 1e-30f, false)]
    public void SpecialValuesAndZeroTolerance(float expected, float actual, bool same) =>
        Assert.Equal(same, GoldenComparer.Compare(new[] { expected }, new[] { actual }, atol: 0, rtol: 1e-6).Fault is null);

    [Fact]
    public void ShapesAndKindsMustBeEqual()
    {
        Assert.Equal("shape (2,), expected (2, 1)", GoldenComparer.Compare(new float[2, 1], new float[2], 1, 1).Fault);
        Assert.Equal("dtype int32, expected float32", GoldenComparer.Compare(new float[2], new int[2], 1, 1).Fault);
        Assert.Null(GoldenComparer.Compare(new float[2], new double[2], 1, 1).Fault);
    }

    [Fact]
    public void IntegersBooleansAndTextsAreEqualWhateverTheTolerance()
    {
        Assert.Equal("1 of 2 elements of (2,) differ; first at [1]: got 9007199254740993, expected 9007199254740992", GoldenComparer.Compare(new[] { 1, 1L << 53 }, new[] { 1, (1L << 53) + 1 }, 9, 9).Fault);
        Assert.NotNull(GoldenComparer.Compare(new[] { ulong.MaxValue }, new[] { ulong.MaxValue - 1 }, 9, 9).Fault);
        Assert.NotNull(GoldenComparer.Compare(new[] { true }, new[] { false }, 9, 9).Fault);
        Assert.NotNull(GoldenComparer.Compare(new[] { "a" }, new[] { "b" }, 9, 9).Fault);
        Assert.Null(GoldenComparer.Compare(new[] { "a" }, new[] { "a" }, 0, 0).Fault);
    }

    [Fact]
    public void BitsSeeTheSignOfZero()
    {
        Assert.NotNull(GoldenComparer.Compare(new[] { 0f }, new[] { -0f }, 1, 1, GoldenMode.Bits).Fault);
        Assert.Null(GoldenComparer.Compare(new[] { float.NaN, -0f }, new[] { -float.NaN, -0f }, 0, 0, GoldenMode.Bits).Fault);
    }

    [Fact]
    public void SignsAreFreeByColumnsOrRows()
    {
        var matrix = new float[,,] { { { 1, 2 }, { 3, 4 } } };
        var columns = new float[,,] { { { 1, -2 }, { 3, -4 } } };
        var rows = new float[,,] { { { -1, -2 }, { 3, 4 } } };
        Assert.Null(GoldenComparer.Compare(matrix, columns, 0, 0, GoldenMode.ColumnsUpToSign).Fault);
        Assert.Null(GoldenComparer.Compare(matrix, rows, 0, 0, GoldenMode.RowsUpToSign).Fault);
        Assert.NotNull(GoldenComparer.Compare(matrix, rows, 0, 0, GoldenMode.ColumnsUpToSign).Fault);
        Assert.NotNull(GoldenComparer.Compare(matrix, columns, 0, 0, GoldenMode.RowsUpToSign).Fault);
    }

    [Fact]
    public void ASetHasNoOrderButCounts()
    {
        Assert.Null(GoldenComparer.Compare(new[] { 1f, 2, 2 }, new[] { 2f, 1, 2 }, 0, 0, GoldenMode.AsSet).Fault);
        Assert.NotNull(GoldenComparer.Compare(new[] { 1f, 2, 2 }, new[] { 2f, 1, 1 }, 0, 0, GoldenMode.AsSet).Fault);
    }

    [Fact]
    public void ShapeOnlyLooksAtNothingElse() => Assert.Null(GoldenComparer.Compare(new[] { 1f }, new[] { 2f }, 0, 0, GoldenMode.ShapeOnly).Fault);

    [Theory, InlineData("\"Infinity\"", double.PositiveInfinity), InlineData("\"NaN\"", double.NaN), InlineData("-2.5", -2.5)]
    public void NumbersMayBeWrittenAsTexts(string json, double number) => Assert.Equal(number, GoldenStorage.Number(System.Text.Json.JsonElement.Parse(json)));

    [Fact]
    public void ComplexNumbersAreMeasuredByTheirDistance()
    {
        var stored = GoldenStorage.Convert(new float[,] { { 3, 4 } }, "complex64");
        var actual = GoldenStorage.Convert(new double[,] { { 3, 4.5 } }, "complex128");
        Assert.Equal(1, GoldenComparer.Compare(stored, actual, 0, 0.1).Worst, 1e-6);
    }
}
