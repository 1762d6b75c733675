namespace Tapestry.Tests.Operations.Array;

/// <summary>Entries that are put at positions, or meet what is there.</summary>
[Trait("Category", "Quick")]
public class ScatterTests
{
    static readonly Tensor X = new float[] { 1, -2, 3, 4 };
    static readonly Tensor Places = new[,] { { 1 }, { 3 }, { 1 } };
    static readonly Tensor Updates = new float[] { 5, -6, 7 };

    [Theory]
    [InlineData(ScatterReduction.Replace, 7f, -6f)]
    [InlineData(ScatterReduction.Add, 10f, -2f)]
    [InlineData(ScatterReduction.Multiply, -70f, -24f)]
    [InlineData(ScatterReduction.Minimum, -2f, -6f)]
    [InlineData(ScatterReduction.Maximum, 7f, 4f)]
    public void UpdatesMeetWhatIsThere(ScatterReduction reduction, float second, float fourth)
    {
        float[] expected = [1, second, 3, fourth];
        foreach (var dtype in new[] { DType.Float32, DType.Float64, DType.Float16, DType.BFloat16, DType.Int8, DType.Int16, DType.Int32, DType.Int64 })
        {
            var result = Ops.ScatterUpdate(Ops.Cast(X, dtype), Places, Ops.Cast(Updates, dtype), reduction);
            Assert.Equal(dtype, result.DType);
            Assert.Equal(expected, Ops.Cast(result, DType.Float32).ToArray<float>());
        }
    }

    [Fact]
    public void TheGradientOfAFactorIsWhatItIsMultipliedWithAlsoWhereAFactorIsZero()
    {
        Tensor factors = new float[] { 2, 0, 3, 0, 0 };
        Tensor places = new[,] { { 0 }, { 1 }, { 1 }, { 2 }, { 2 } };
        using var tape = new GradientTape();
        tape.Watch(factors);
        var result = Ops.ScatterUpdate(X, places, factors, ScatterReduction.Multiply);
        // 1 · 2, -2 · 0 · 3, 3 · 0 · 0.
        Assert.Equal([1f, -6f, 0f, 0f, 0f], tape.Gradient(result, factors)!.ToArray<float>());
    }

    [Fact]
    public void EqualLargestShareTheGradient()
    {
        Tensor updates = new float[] { -2, 1, -2 };
        using var tape = new GradientTape();
        tape.Watch((Nest)(X, updates));
        var gradients = tape.Gradient(Ops.ScatterUpdate(X, Places, updates, ScatterReduction.Maximum), (Nest)(X, updates));
        Assert.Equal([1f, 1f / 3, 1f, 1f], gradients[0].Single().ToArray<float>());
        Assert.Equal([1f / 3, 0f, 1f / 3], gradients[1].Single().ToArray<float>());
    }

    [Fact]
    public void RefusesWhatHasNoMeaning()
    {
        Assert.Throws<TapestryException>(() => Ops.ScatterUpdate(X, Places, Updates, (ScatterReduction)9));
        Assert.Throws<TapestryException>(() => Ops.ScatterUpdate(X, new[,] { { 4 }, { 0 }, { 0 } }, Updates, ScatterReduction.Maximum));
        Assert.Throws<TapestryException>(() => Ops.ScatterUpdate(Ops.Cast(X, DType.Complex64), Places, Ops.Cast(Updates, DType.Complex64), ScatterReduction.Maximum));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AVariableChangesAtPositions(bool compiled)
    {
        var v = new Variable(new float[] { 1, 2, 4, 8 });
        Tensor Program(Tensor u) => v.ScatterUpdate(new[] { 0 }, u).ScatterAdd(new[] { 1, 1 }, Ops.Concat([u, u])).ScatterSub(new[] { 2 }, u).ScatterMul(new[] { 3 }, u).ScatterDiv(new[] { 3, 3 }, Ops.Concat([u, u])).ScatterMax(new[] { 2 }, u).ScatterMin(new[] { 1 }, u).SparseRead(new[] { 3, 0 });
        Tensor u = new float[] { 2 };
        var read = compiled ? Function.Of((Tensor x) => Program(x)).Apply(u) : Program(u);
        Assert.Equal([2f, 2f, 2f, 4f], v.Value.ToArray<float>());
        Assert.Equal([4f, 2f], read.ToArray<float>());
        Assert.Equal([9f, 2f, 2f, 4f], v.ScatterNdUpdate(new[,] { { 0 } }, new float[] { 9 }).Value.ToArray<float>());
        Assert.Throws<TapestryException>(() => new Variable(new[] { 1 }).ScatterDiv(new[] { 0 }, new[] { 2 }));
    }
}
