namespace Tapestry.Tests.Operations;

/// <summary>Functions over other functions, traced with an unknown batch and compiled, against the same eagerly; with their gradients.</summary>
public class ComposedFunctionTests
{
    static readonly Dictionary<string, Func<Tensor, Tensor>> Functions = new()
    {
        ["Silu"] = x => Ops.Silu(x, 1.5),
        ["Gelu"] = x => Ops.Gelu(x),
        ["Gelu, exact"] = x => Ops.Gelu(x, approximate: false),
        ["Glu"] = x => Ops.Glu(x),
        ["HardSilu"] = Ops.HardSilu,
        ["LogSigmoid"] = Ops.LogSigmoid,
        ["Softsign"] = Ops.Softsign,
        ["Squareplus"] = x => Ops.Squareplus(x),
        ["TanhShrink"] = Ops.TanhShrink,
        ["Sparsemax"] = x => Ops.Sparsemax(x),
        ["ConcatenatedRelu"] = x => Ops.ConcatenatedRelu(x),
        ["L2Loss"] = Ops.L2Loss,
        ["Normalize"] = x => Ops.Normalize(x),
        ["Normalize of order 3"] = x => Ops.Normalize(x, order: 3),
        ["L2Normalize"] = x => Ops.L2Normalize(x, 1),
        ["Moments"] = x => Ops.Moments(x, 0).Mean + Ops.Moments(x, 0).Variance,
        ["BatchNormalization"] = x => Ops.BatchNormalization(x, new[] { 0.1f, 0.2f, 0.3f, 0.4f }, new[] { 1f, 2f, 3f, 4f }, -1, scale: new[] { 1f, 2f, 3f, 4f }),
        ["LayerNormalization"] = x => Ops.LayerNormalization(x, new[] { 1f, 2f, 3f, 4f }, new[] { 1f, 2f, 3f, 4f }),
        ["Var"] = x => Ops.Var(x, 1),
        ["Std"] = x => Ops.Std(x, 1),
        ["LogSumExp"] = x => Ops.LogSumExp(x, 1),
        ["Xlogy"] = x => Ops.Xlogy(x, Ops.Square(x)),
        ["FMax"] = x => Ops.FMax(x, 0.25f),
        ["TruncateMod"] = x => Ops.TruncateMod(x, 0.5f),
        ["BinaryCrossentropy"] = x => Ops.BinaryCrossentropy(Ops.OnesLike(x), Ops.Sigmoid(x)),
        ["CategoricalCrossentropy"] = x => Ops.CategoricalCrossentropy(Ops.OnesLike(x) / 4f, Ops.Softmax(x)),
        ["EmbeddingLookup"] = x => Ops.EmbeddingLookup(x, new[] { 2, 0, 2 }, 0.5),
        ["AssociativeScan"] = x => Ops.AssociativeScan(Ops.Multiply, x, reverse: true, axis: 1),
        ["ForLoop"] = x => Ops.ForLoop(0, 3, (i, y) => y * x + Ops.Cast(i, DType.Float32), x),
        ["Switch"] = x => Ops.Switch(Ops.Cast(Ops.Sum(x) * 0f, DType.Int32) + 5, [() => x, () => x * x]),
        ["FullLike"] = x => x * Ops.FullLike(x, 2.5),
    };

    public static TheoryData<string> Names => [.. Functions.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void AreTheSameCompiled(string name)
    {
        var function = Functions[name];
        var x = Ops.StatelessNormal([3, 4], new[] { 1, 2 });
        (Tensor, Tensor) Derive(Tensor input)
        {
            using var tape = new GradientTape();
            tape.Watch(input);
            var y = function(input);
            return (y, tape.Gradient(y, input)!);
        }

        var compiled = Function.Of((Tensor input) => Derive(input), new FunctionOptions { InputSignature = [new TensorSpec([null, 4], DType.Float32)] });
        var (expected, actual) = (Derive(x), compiled.Apply(x));
        Near(expected.Item1, actual.Item1);
        Near(expected.Item2, actual.Item2);
    }

    [Fact]
    public void NamesAndNumbersAreThoseOfTheDefinition()
    {
        Assert.Equal([2, 0, 1], Ops.InvertPermutation(new[] { 1, 2, 0 }).ToArray<int>());
        Assert.Equal([1, 2], Ops.CountNonZero(new[,] { { 0, 3 }, { 2, 1 } }, 1).ToArray<int>());
        Assert.Equal(0.25f, (float)Ops.ZeroFraction(new[] { 0, 3, 2, 1 }));
        Assert.Equal([-2, 2, 0], Ops.TruncateDiv(new[] { -7, 7, 7 }, new[] { 3, 3, 0 }).ToArray<int>());
        Assert.Equal([true, false], new[] { (bool)Ops.IsStrictlyIncreasing(new[] { 1, 2, 3 }), (bool)Ops.IsStrictlyIncreasing(new[] { 1, 2, 2 }) });
        Assert.True((bool)Ops.IsNonDecreasing(new[] { 1, 2, 2 }));
        Assert.Equal([40, -1], Ops.LeftShift(new[] { 5, -1 }, new[] { 3, 0 }).ToArray<int>());
        Assert.Equal([-2, 1], Ops.RightShift(new[] { -8, 8 }, new[] { 2, 3 }).ToArray<int>());
    }

    [Fact]
    public void RefuseWhatDoesNotFit()
    {
        Assert.Contains("even length", Assert.Throws<TapestryException>(() => Ops.Glu(Ops.Ones([2, 3]))).Expected);
        Assert.Equal("LogSumExp", Assert.Throws<TapestryException>(() => Ops.LogSumExp(new[] { 1, 2 })).Subject);
        Assert.Equal("AddN", Assert.Throws<TapestryException>(() => Ops.AddN([Ops.Ones([2]), Ops.Ones([3])])).Subject);
        Assert.Equal("Normalize", Assert.Throws<TapestryException>(() => Ops.Normalize(Ops.Ones([2]), order: 0)).Subject);
        Assert.Equal("Switch", Assert.Throws<TapestryException>(() => Ops.Switch(0, [])).Subject);
        Assert.Equal("AssociativeScan", Assert.Throws<TapestryException>(() => Ops.AssociativeScan((a, _) => a, Nest.List([Ops.Ones([2]), Ops.Ones([3])]))).Subject);
        Assert.Equal("ResizeImages", Assert.Throws<TapestryException>(() => Ops.ResizeImages(Ops.Ones([2, 2, 1]), 4, 4, cropToAspectRatio: true, padToAspectRatio: true)).Subject);
        Assert.Equal("RandomIntegers", Assert.Throws<TapestryException>(() => Ops.RandomIntegers([2], 0, 5, DType.Float32)).Subject);
    }

    static void Near(Tensor expected, Tensor actual)
    {
        var (a, b) = (expected.ToArray<float>(), actual.ToArray<float>());
        Assert.Equal(expected.Shape, actual.Shape);
        for (var i = 0; i < a.Length; i++) Assert.True(Math.Abs(a[i] - b[i]) <= 2e-6 * Math.Max(1, Math.Abs(a[i])), $"[{i}]: expected {a[i]}, got {b[i]}");
    }
}
