namespace Tapestry.Tests.Operations.Array;

[Trait("Category", "Quick")]
public class ConcatTests
{
    [Fact]
    public void JoinsAlongAnyAxisAndGivesTheGradientsBack()
    {
        Tensor a = new float[,] { { 1, 2 }, { 3, 4 } }, b = new float[,] { { 5 }, { 6 } };
        Assert.Equal([1f, 2, 5, 3, 4, 6], Ops.Concat([a, b], 1).ToArray<float>());
        Assert.Equal([1f, 2, 3, 4, 1, 2, 3, 4], Ops.Concat([a, a], 0).ToArray<float>());
        Assert.Equal(["x", "y"], Ops.Concat([new[] { "x" }, new[] { "y" }], -1).ToArray<string>());
        Assert.Equal(DType.Float32, Ops.Concat([new[] { 1 }, new[] { 2f }], 0).DType);
        using var tape = new GradientTape(persistent: true);
        tape.Watch(a);
        tape.Watch(b);
        var joined = Ops.Concat([a, b], 1);
        var squared = joined * joined;
        Assert.Equal([2f, 4, 6, 8], tape.Gradient(squared, a)!.ToArray<float>());
        Assert.Equal([10f, 12], tape.Gradient(squared, b)!.ToArray<float>());
    }

    [Fact]
    public void RefusesWhatDoesNotFit()
    {
        Assert.Contains("axis 0", Assert.Throws<TapestryException>(() => Ops.Concat([Ops.Ones([2, 2]), Ops.Ones([3, 2])], 1)).Message);
        Assert.Contains("ranks", Assert.Throws<TapestryException>(() => Ops.Concat([Ops.Ones([2, 2]), Ops.Ones([2])], 0)).Message);
        Assert.Contains("no such axis", Assert.Throws<TapestryException>(() => Ops.Concat([Ops.Ones([2])], 1)).Message);
    }
}
