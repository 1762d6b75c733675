namespace Tapestry.Tests.Operations.Creation;

/// <summary>Matrices of several diagonals, and evenly spaced tensors.</summary>
[Trait("Category", "Quick")]
public class MatrixBandTests
{
    [Theory]
    [InlineData(DiagonalAlignment.RightLeft)]
    [InlineData(DiagonalAlignment.LeftRight)]
    [InlineData(DiagonalAlignment.LeftLeft)]
    [InlineData(DiagonalAlignment.RightRight)]
    public void DiagonalsStandWhereTheyAreAligned(DiagonalAlignment align)
    {
        float[] above = align is DiagonalAlignment.RightLeft or DiagonalAlignment.RightRight ? [0, 8, 9] : [8, 9, 0];
        float[] below = align is DiagonalAlignment.LeftRight or DiagonalAlignment.RightRight ? [0, 4, 5] : [4, 5, 0];
        Tensor diagonals = Ops.Stack([above, new float[] { 1, 2, 3 }, below]);
        Assert.Equal([1f, 8, -1, 4, 2, 9, -1, 5, 3], Ops.MatrixDiag(diagonals, -1, 1, paddingValue: -1, align: align).ToArray<float>());
    }

    [Fact]
    public void ASingleDiagonalMayStandInAWiderMatrix()
    {
        var matrix = Ops.MatrixDiag(new float[] { 1, 2 }, 1, 1, rows: 2, columns: 4);
        Assert.Equal([2, 4], matrix.Shape.ToArray());
        Assert.Equal([0f, 1, 0, 0, 0, 0, 2, 0], matrix.ToArray<float>());
        Assert.Throws<TapestryException>(() => Ops.MatrixDiag(new float[] { 1, 2 }, 1, 1, rows: 5, columns: 4));
        Assert.Throws<TapestryException>(() => Ops.MatrixDiag(new float[,] { { 1, 2 } }, -1, 1));
    }

    [Theory]
    [InlineData(DiagonalAlignment.RightLeft)]
    [InlineData(DiagonalAlignment.LeftRight)]
    [InlineData(DiagonalAlignment.LeftLeft)]
    [InlineData(DiagonalAlignment.RightRight)]
    public void DiagonalsAreTakenFromWhereTheyWerePut(DiagonalAlignment align)
    {
        var matrices = Ops.Reshape(Ops.Range(24f), [2, 3, 4]);
        foreach (var (lower, upper) in new[] { (-1, 2), (0, 0), (1, 3), (-2, -1), (-1, -1) })
        {
            var diagonals = Ops.MatrixDiagPart(matrices, lower, upper, paddingValue: -7, align: align);
            Assert.Equal(matrices.ToArray<float>(), Ops.MatrixSetDiag(matrices, diagonals, lower, upper, align).ToArray<float>());
            Assert.Equal(diagonals.ToArray<float>(), Ops.MatrixDiagPart(Ops.MatrixSetDiag(Ops.Zeros([2, 3, 4]), diagonals, lower, upper, align), lower, upper, paddingValue: -7, align: align).ToArray<float>());
        }

        Assert.Equal("MatrixDiagPart", Assert.Throws<TapestryException>(() => Ops.MatrixDiagPart(matrices, 0, 4)).Subject);
        Assert.Equal("MatrixSetDiag", Assert.Throws<TapestryException>(() => Ops.MatrixSetDiag(matrices, matrices, -3, 0)).Subject);
    }

    [Fact]
    public void LinspaceMeetsBothEnds()
    {
        var (start, stop) = (new float[] { 0.1f, -7.3f }, new float[] { 0.7f, 1e6f });
        var values = Ops.Linspace(start, stop, out var step, num: 4, axis: -1);
        Assert.Equal([2, 4], values.Shape.ToArray());
        Assert.Equal(start, values[.., 0].ToArray<float>());
        Assert.Equal(stop, values[.., 3].ToArray<float>());
        Assert.Equal(0.2f, step.ToArray<float>()[0], 1e-6f);
        Assert.Throws<TapestryException>(() => Ops.Linspace(start, stop, num: -1));
    }

    [Fact]
    public void RangeTakesALimitThatIsNotWhole() => Assert.Equal([0f, 1, 2, 3], Ops.Range(3.5).ToArray<float>());

    [Fact]
    public void ATensorFillsAShape() => Assert.Equal([1f, 2, 1, 2], Ops.Fill([2, 2], new[] { 1, 2 }).ToArray<float>());

    [Fact]
    public void EyesOfABatch() => Assert.Equal([3, 2, 2], Ops.Eye(2, batchShape: [3]).Shape.ToArray());
}
