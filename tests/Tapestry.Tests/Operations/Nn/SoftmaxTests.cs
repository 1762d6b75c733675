namespace Tapestry.Tests.Operations.Nn;

public class SoftmaxTests
{
    static Tensor Values(int seed, params int[] shape) => FiniteDifferences.Values(seed, shape);

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(16)]
    [InlineData(37)]
    public void AgreesWithTheFormula(int count)
    {
        var x = Ops.Cast(Values(count, 5, count) * 10.0, DType.Float32);
        var (values, softmax, logarithms) = (x.ToArray<float>(), Ops.Softmax(x).ToArray<float>(), Ops.LogSoftmax(x).ToArray<float>());
        for (var row = 0; row < 5; row++)
        {
            var sum = Enumerable.Range(0, count).Sum(i => Math.Exp(values[row * count + i]));
            for (var i = row * count; i < (row + 1) * count; i++)
            {
                Assert.Equal(Math.Exp(values[i]) / sum, softmax[i], 2e-7);
                Assert.Equal(values[i] - Math.Log(sum), logarithms[i], 3e-6);
            }
        }
    }

    [Fact]
    public void EveryAxis()
    {
        var x = Values(1, 2, 3, 4);
        FiniteDifferences.Check(t => Ops.Softmax(t[0]), x);
        FiniteDifferences.Check(t => Ops.Softmax(t[0], 1), x);
        FiniteDifferences.Check(t => Ops.Softmax(t[0], axis: null), x);
        FiniteDifferences.Check(t => Ops.Softmax(t[0], [0, 2]), x);
        FiniteDifferences.Check(t => Ops.LogSoftmax(t[0], 0), x);
        Assert.Equal(2.0, Ops.Softmax(x, [1, 2]).ToArray<double>().Sum(), 1e-12);
    }

    [Fact]
    public void HugeNumbersDoNotOverflow()
    {
        Assert.Equal([0.5f, 0.5f, 0f], Ops.Softmax(Ops.Constant(new float[] { 1e30f, 1e30f, -1e30f })).ToArray<float>());
        Assert.Equal([1f, 0f], Ops.Softmax(Ops.Constant(new[] { 0f, float.NegativeInfinity })).ToArray<float>());
    }

    [Fact]
    public void CrossEntropies()
    {
        var logits = Values(1, 3, 5);
        Tensor labels = new[] { 4, 0, 2 };
        var logarithms = Ops.LogSoftmax(logits).ToArray<double>();
        Assert.Equal([-logarithms[4], -logarithms[5], -logarithms[12]], Ops.SparseSoftmaxCrossEntropyWithLogits(labels, logits).ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-14);
        FiniteDifferences.Check(t => { var loss = Ops.SparseSoftmaxCrossEntropyWithLogits(labels, t[0]); return loss * loss; }, logits);
        var dense = Ops.Softmax(Values(2, 3, 5));
        // The gradient takes the labels to sum up to 1, so only the logits are moved, and for the labels the first order is checked.
        FiniteDifferences.Check(t => { var loss = Ops.SoftmaxCrossEntropyWithLogits(dense, t[0]); return loss * loss; }, logits);
        FiniteDifferences.CheckFirst(t => Ops.SoftmaxCrossEntropyWithLogits(t[0], logits), dense);
        FiniteDifferences.Check(t => Ops.SoftmaxCrossEntropyWithLogits(Ops.Softmax(dense, 0), t[0], axis: 0), logits);
        FiniteDifferences.Check(t => Ops.SigmoidCrossEntropyWithLogits(t[0], t[1]), dense, logits);
    }

    [Fact]
    public void ALabelOutsideTheClassesIsNamed()
    {
        var error = Assert.Throws<TapestryException>(() => Ops.SparseSoftmaxCrossEntropyWithLogits(new[] { 0, 7 }, Ops.Ones([2, 5])));
        Assert.Contains("position 1", error.Message);
        Assert.Contains("Received: 7", error.Message);
    }
}
