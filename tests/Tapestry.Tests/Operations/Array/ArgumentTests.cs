namespace Tapestry.Tests.Operations.Array;

/// <summary>Arguments of the originals that are seldom used.</summary>
[Trait("Category", "Quick")]
public class ArgumentTests
{
    static readonly Tensor X = Ops.Reshape(Ops.Range(24, DType.Float32), [2, 3, 4]);

    [Fact]
    public void MinusZeroIsLessThanZero()
    {
        foreach (var dtype in new[] { DType.Float32, DType.Float64, DType.Float16, DType.BFloat16 })
        {
            var zeros = Ops.Cast(new[] { -0f, 0f, -0f, 0f }, dtype);
            Assert.Equal((1, 0), (Ops.ArgMax(zeros).Item<int>(), Ops.ArgMin(zeros).Item<int>()));
            Assert.Equal((0, 1), (Ops.ArgMax(-zeros).Item<int>(), Ops.ArgMin(-zeros).Item<int>()));
        }
    }

    [Fact]
    public void ASliceBeginsWhereATensorSays()
    {
        Tensor Program(Tensor begin) => Ops.Slice(X, begin, [1, 2, 2]);
        Tensor begin = new[] { 1, 0, 2 };
        Assert.Equal([14f, 15, 18, 19], Program(begin).ToArray<float>());
        Assert.Equal([14f, 15, 18, 19], Function.Of((Tensor at) => Program(at)).Apply(begin).ToArray<float>());
        Assert.Throws<TapestryException>(() => Program(new[] { 2, 0, 0 }));
        Assert.Throws<TapestryException>(() => Program(new[] { 0, 0 }));
    }

    [Fact]
    public void PositionsMayShareDimensions()
    {
        Tensor places = new[, ,] { { { 0, 1 } }, { { 2, 3 } } };
        Assert.Equal([1f, 23f], Ops.GatherNd(X, places, batchDims: 1).ToArray<float>());
        Assert.Throws<TapestryException>(() => Ops.GatherNd(X, places, batchDims: 3));
    }

    [Fact]
    public void AMaskMayCoverLaterDimensions()
    {
        var kept = Ops.BooleanMask(X, new[] { true, false, true }, axis: 1);
        Assert.Equal([2, 2, 4], kept.Shape.ToArray());
        Assert.Equal(8f, (float)kept[0, 1, 0]);
    }

    [Fact]
    public void PadsAllSidesAlike()
    {
        Assert.Equal([0f, 0, 1, 2, 0, 0], Ops.Pad(new float[] { 1, 2 }, 2).ToArray<float>());
        Assert.Throws<TapestryException>(() => Ops.Pad(new float[] { 1, 2 }, 1, PadMode.Reflect, constantValues: 1));
    }

    [Fact]
    public void RepeatsAsATensorSays()
    {
        Tensor counts = Ops.Constant(new[] { 2, 0, 1 });
        Assert.Equal([1f, 1, 3], Ops.Repeat(new float[] { 1, 2, 3 }, counts).ToArray<float>());
        Assert.Throws<TapestryException>(() => Function.Of((Tensor n) => Ops.Repeat(new float[] { 1, 2, 3 }, n)).Apply(counts));
    }

    [Fact]
    public void AnExtremumMayHaveAnInitialValue()
    {
        Assert.Equal([5f, 7f], Ops.Max(new float[,] { { 1, 2 }, { 7, 3 } }, 1, initial: 5f).ToArray<float>());
        Assert.Equal([5f, 5f], Ops.Min(Ops.Zeros([2, 0]), 1, initial: 5f).ToArray<float>());
    }

    [Fact]
    public void AnAdjointIsTransposedAndConjugated()
    {
        var a = Ops.Complex(new float[,] { { 1, 2 }, { 3, 4 } }, new float[,] { { 5, 6 }, { 7, 8 } });
        var b = Ops.Complex(new float[,] { { 1, 0 }, { 0, 1 } }, Ops.Zeros([2, 2]));
        Assert.Equal(Ops.Transpose(a, conjugate: true).ToArray<Complex64>(), Ops.MatMul(a, b, adjointA: true).ToArray<Complex64>());
        Assert.Throws<TapestryException>(() => Ops.MatMul(a, b, transposeA: true, adjointA: true));
    }
}
