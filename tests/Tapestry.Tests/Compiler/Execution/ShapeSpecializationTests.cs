namespace Tapestry.Tests.Compiler.Execution;

/// <summary>A trace with an unknown batch runs without what only that batch made necessary.</summary>
public class ShapeSpecializationTests
{
    static readonly Function<Tensor, Tensor, Tensor> Gradient = Function.Of<Tensor, Tensor, Tensor>(
        (x, y) =>
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            return tape.Gradient(Ops.Sum(Ops.Tanh(x * y)), x)!;
        },
        new FunctionOptions { InputSignature = [new TensorSpec([null, 4], DType.Float32), new TensorSpec([null, 4], DType.Float32)] });

    [Fact]
    public void SumsToTheShapeThatIsThereAreLeftOut()
    {
        Tensor x = Ops.RandomNormal([3, 4], seed: 1), y = Ops.RandomNormal([3, 4], seed: 2);
        var text = Gradient.Describe(x, y);
        var execution = text[text.IndexOf("== execution", StringComparison.Ordinal)..];
        Assert.Contains("SumToShapeOf", text, StringComparison.Ordinal);
        Assert.DoesNotContain("SumToShapeOf", execution, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(1, 3)]
    [InlineData(3, 1)]
    public void TheSameTraceStillServesOtherShapes(int rows, int others)
    {
        Tensor x = Ops.RandomNormal([rows, 4], seed: 1), y = Ops.RandomNormal([others, 4], seed: 2);
        using var tape = new GradientTape();
        tape.Watch(x);
        var expected = tape.Gradient(Ops.Sum(Ops.Tanh(x * y)), x)!;
        var actual = Gradient.Apply(x, y);
        Assert.Equal(expected.Shape, actual.Shape);
        foreach (var (left, right) in expected.ToArray<float>().Zip(actual.ToArray<float>())) Assert.Equal(left, right, 1e-6f);
    }

    [Fact]
    public void VariablesThatAreReadNoMoreDoNotMoveTheOthers()
    {
        Variable shape = new(Ops.Zeros([2, 2])), added = new(Ops.Ones([2, 2]));
        var function = Function.Of<Tensor, Tensor>(x => Ops.BroadcastLike(x, shape.Value) + added, new FunctionOptions { InputSignature = [new TensorSpec([null, 2], DType.Float32)] });
        Assert.Equal([1f, 1, 1, 1], function.Apply(Ops.Zeros([2, 2])).ToArray<float>());
        Assert.Equal([3f, 4, 3, 4], function.Apply(Ops.FromSpan<float>([2f, 3], [1, 2])).ToArray<float>());
    }
}
