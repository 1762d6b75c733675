namespace Tapestry.Tests.Operations.Nn;

public class PoolTests
{
    static Tensor Values(int seed, params int[] shape) => FiniteDifferences.Values(seed, shape);

    [Fact]
    public void MaximaAndMeans()
    {
        var x = Ops.Reshape(Ops.Constant(new float[] { 1, 5, 2, 4, 3, 9 }), [1, 2, 3, 1]);
        Assert.Equal([5f], Ops.MaxPool(x, [2]).ToArray<float>());
        Assert.Equal([5f, 9f], Ops.MaxPool(x, [2], padding: "same").ToArray<float>());
        Assert.Equal([3.25f, 5.5f], Ops.AveragePool(x, [2], padding: "same").ToArray<float>());
        Assert.Equal([5f, 9f], Ops.MaxPool(x, [2], [1]).ToArray<float>());
    }

    [Theory]
    [InlineData("valid", 2)]
    [InlineData("same", 2)]
    [InlineData("same", 1)]
    public void Gradients(string padding, int stride)
    {
        FiniteDifferences.Check(x => { var y = Ops.MaxPool(x[0], [3, 2], [stride], padding); return y * y; }, Values(1, 2, 5, 4, 2));
        FiniteDifferences.Check(x => { var y = Ops.AveragePool(x[0], [3, 2], [stride], padding); return y * y; }, Values(1, 2, 5, 4, 2));
        FiniteDifferences.Check(x => Ops.MaxPool(x[0], [2], [stride], padding), Values(1, 2, 5, 2));
        FiniteDifferences.Check(x => Ops.AveragePool(x[0], [2], [stride], padding), Values(1, 1, 3, 4, 3, 2));
    }

    [Fact]
    public void TiesGoToTheFirst()
    {
        var x = Ops.Ones([1, 2, 2, 1]);
        using var tape = new GradientTape();
        tape.Watch(x);
        Assert.Equal([1f, 0f, 0f, 0f], tape.Gradient(Ops.MaxPool(x, [2]), x)!.ToArray<float>());
    }
}
