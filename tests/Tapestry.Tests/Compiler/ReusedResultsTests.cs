namespace Tapestry.Tests.Compiler;

/// <summary>Results that are written over those of the call before, never over what the call reads or what others own.</summary>
public sealed class ReusedResultsTests
{
    static readonly FunctionOptions Reusing = new() { ReuseResults = true };

    [Fact]
    public void AResultMayBeTheNextArgument()
    {
        var x = Ops.RandomNormal([70, 70], seed: 1) * 0.1f;
        var function = Function.Of((Tensor x, Tensor y) => Ops.MatMul(x, y), Reusing);
        var expected = Ops.MatMul(Ops.MatMul(x, x), Ops.MatMul(x, x));
        var once = function.Apply(x, x);
        Assert.Equal(expected.ToArray<float>(), function.Apply(once, once).ToArray<float>());
    }

    [Fact]
    public void AViewOfAResultMayBeTheNextArgument()
    {
        var x = Ops.RandomNormal([30, 30], seed: 1) * 0.1f;
        var function = Function.Of((Tensor x) => Ops.MatMul(Ops.Reshape(x, [30, 30]), Ops.Reshape(x, [30, 30]), transposeA: true), Reusing);
        Tensor Once(Tensor x) => Ops.MatMul(x, x, transposeA: true);
        Assert.Equal(Once(Once(x)).ToArray<float>(), function.Apply(Ops.Reshape(function.Apply(x), [30, 30])).ToArray<float>());
    }

    [Fact]
    public void OtherCallsAreWrittenOver()
    {
        var function = Function.Of((Tensor x) => x * 2f, Reusing);
        var first = function.Apply(Ops.Ones([5]));
        Assert.Same(first, function.Apply(Ops.Ones([5])));
        Assert.NotSame(first, function.Apply(first));
    }

    /// <summary>For these shapes nothing is left to sum, and the result is the argument itself.</summary>
    [Fact]
    public void AnArgumentThatIsGivenBackIsNotWrittenOverLater()
    {
        var function = Function.Of(
            (Tensor x, Tensor like) => (Nest)(Tensor[])[Ops.SumToShapeOf(x, like)],
            new FunctionOptions { ReuseResults = true, InputSignature = [new TensorSpec([null, null], DType.Float32), new TensorSpec([null, null], DType.Float32)] });
        Tensor x = new float[,] { { 1, 2, 3 } }, like = Ops.Zeros([1, 3]);
        Assert.Equal([1f, 2, 3], function.Apply(x, like).Flatten()[0].ToArray<float>());
        Assert.Equal([5f, 5, 5], function.Apply(Ops.Ones([5, 3]), like).Flatten()[0].ToArray<float>());
        Assert.Equal([1f, 2, 3], x.ToArray<float>());
    }
}
