using Tapestry.Kernels.Threading;

namespace Tapestry.Tests.Operations.Array;

[Trait("Category", "Quick")]
public class IndexedSlicesTests
{
    static readonly int[] Places = [2, 0, 2];

    static Tensor Table => Ops.Reshape(Ops.Range(8, DType.Float32), [4, 2]);

    static Tensor Weights => new float[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } };

    [Fact]
    public void TheGradientOfATableGetsMemoryWhenItIsRead()
    {
        var gradient = Gradient(new Variable(Table), table => Ops.Gather(table, Places));
        Assert.False(gradient.HasMemory);
        Assert.Equal(new Shape(4, 2), gradient.Shape);
        Assert.Equal(Places, IndexedSlices.Of(gradient)!.Indices.ToArray<int>());
        Assert.Equal(Weights.ToArray<float>(), IndexedSlices.Of(gradient)!.Values.ToArray<float>());
        Assert.False(gradient.HasMemory);
        Assert.Equal([3f, 4, 0, 0, 6, 8, 0, 0], gradient.ToArray<float>());
        Assert.True(gradient.HasMemory);
        Assert.NotNull(IndexedSlices.Of(gradient));
    }

    [Fact]
    public void EverythingWorksOnItAsOnAnyTensor()
    {
        Tensor Rows() => new IndexedSlices(Weights, Places, [4, 2]);
        var whole = Ops.Constant(Rows().ToArray<float>());
        float[] expected = [3, 4, 0, 0, 6, 8, 0, 0];
        Assert.Equal(Ops.Reshape(whole, [4, 2]).ToString(), Rows().ToString());
        Assert.Equal([6f, 8], Rows()[2].ToArray<float>());
        Assert.Equal(8, (float)Rows()[2, 1]);
        Assert.Equal(expected, Rows().AsSpan<float>().ToArray());
        Assert.Equal(expected, Ops.Reshape(Rows(), [8]).ToArray<float>());
        Assert.Equal(21, (float)Ops.Sum(Rows()));
        Assert.Equal(expected.Select(x => 2 * x), (Rows() + Rows()).ToArray<float>());
        Assert.Equal([6f, 8, 6, 8], Ops.Gather(Rows(), new[] { 2, 2 }).ToArray<float>());
        Assert.Equal(expected, ((float[,])Rows().ToArray()).Cast<float>());
        Assert.Equal(expected, new Variable(Rows()).Value.ToArray<float>());
        var variable = new Variable(Ops.Zeros([4, 2]));
        variable.Assign(Rows());
        Assert.Equal(expected, variable.Value.ToArray<float>());
        Assert.Equal([9f, 16, 36, 64], Function.Of((Tensor x) => Ops.BooleanMask(x * x, x > 0f)).Apply(Rows()).ToArray<float>());
        Assert.Equal(expected, Function.Of((Tensor x) => x * 1f).Apply(Rows()).ToArray<float>());
        var captured = Rows();
        Assert.Equal(expected.Select(x => x + 1), Function.Of((Tensor x) => x + captured).Apply(Ops.Ones([4, 2])).ToArray<float>());
    }

    [Fact]
    public void ManyThreadsMayReadItAtOnce()
    {
        var indices = Enumerable.Range(0, 5000).Select(i => i * 7919 % 1000).ToArray();
        Tensor values = Ops.Cast(Ops.Reshape(Ops.Range(5000 * 32), [5000, 32]), DType.Float32);
        for (var round = 0; round < 20; round++)
        {
            Tensor rows = new IndexedSlices(values, indices, [1000, 32]);
            var sums = new float[8];
            Parallel.For(0, sums.Length, i => sums[i] = rows.AsSpan<float>()[31_999] + (float)rows[999, 31]);
            Assert.Single(sums.Distinct());
        }
    }

    [Fact]
    public void SumsOfGradientsStayRows()
    {
        var twice = Gradient(new Variable(Table), table => Ops.Concat([Ops.Gather(table, new[] { 1, 1 }), Ops.Gather(table, new[] { 3L })], 0));
        Assert.Equal([1L, 1, 3], Ops.Cast(IndexedSlices.Of(twice)!.Indices, DType.Int64).ToArray<long>().Order());
        Assert.Equal([0f, 0, 4, 6, 0, 0, 5, 6], twice.ToArray<float>());
        var many = Gradient(new Variable(Table), table => Enumerable.Range(0, 60).Select(i => Ops.Gather(table, new[] { i % 4, 0, 1 })).Aggregate(Ops.Add));
        Assert.Equal(180, IndexedSlices.Of(many)!.Indices.Size);
        Assert.Equal([195f, 270, 315, 390, 15, 30, 15, 30], many.ToArray<float>());
        var mixed = Gradient(new Variable(Table), table => Ops.Gather(table, Places) + Ops.Sum(table));
        Assert.Null(IndexedSlices.Of(mixed));
        Assert.Equal([24f, 25, 21, 21, 27, 29, 21, 21], mixed.ToArray<float>());
        var variable = new Variable(Table);
        variable.AssignSub(Gradient(variable, table => Ops.Gather(table, Places)));
        Assert.Equal([-3f, -3, 2, 3, -2, -3, 6, 7], variable.Value.ToArray<float>());
    }

    [Fact]
    public void PlacesMayHaveManyDimensionsOrBeNone()
    {
        var variable = new Variable(Table);
        using (var tape = new GradientTape())
        {
            var picked = Ops.Gather(variable, new[,] { { 1, 1 }, { 0, 3 } });
            var slices = IndexedSlices.Of(tape.Gradient(picked, variable, Ops.Ones([2, 2, 2]) * 2f)!)!;
            Assert.Equal([1, 1, 0, 3], slices.Indices.ToArray<int>());
            Assert.Equal(new Shape(4, 2), slices.Values.Shape);
            Assert.Equal([2f, 2, 4, 4, 0, 0, 2, 2], slices.ToTensor().ToArray<float>());
        }

        using var other = new GradientTape();
        var none = other.Gradient(Ops.Gather(variable, Ops.Zeros([0], DType.Int32)), variable, Ops.Zeros([0, 2]))!;
        Assert.Equal(0, IndexedSlices.Of(none)!.Indices.Size);
        Assert.Equal(new float[8], none.ToArray<float>());
    }

    [Fact]
    public void RefusesWhatDoesNotFit()
    {
        Assert.Contains("out of range", Assert.Throws<TapestryException>(() => new IndexedSlices(Weights, new[] { 0, 4, 1 }, [4, 2]).ToTensor()).Message);
        Assert.Contains("out of range", Assert.Throws<TapestryException>(() => new IndexedSlices(Weights, new[] { 0L, -1, 1 }, [4, 2]).ToTensor()).Message);
        Assert.Contains("another shape", Assert.Throws<TapestryException>(() => new IndexedSlices(Weights, new[] { 0, 1 }, [4, 2])).Message);
        Assert.Contains("no list", Assert.Throws<TapestryException>(() => new IndexedSlices(Weights, new[,] { { 0 }, { 1 }, { 2 } }, [4, 2])).Message);
        Assert.Contains("another dtype", Assert.Throws<TapestryException>(() => new IndexedSlices(Weights, new[] { 0f, 1, 2 }, [4, 2])).Message);
        Assert.Contains("no rows", Assert.Throws<TapestryException>(() => new IndexedSlices(Weights, Places, [])).Message);
        var rows = Function.Of((Tensor indices) => new IndexedSlices(Ops.Ones([3, 2]), indices, [4, 2]).ToTensor()).Apply(new[] { 0, 4, 1 });
        Assert.Contains("out of range", Assert.Throws<TapestryException>(() => rows.ToArray<float>()).Message);
    }

    [Fact]
    public void FunctionsReturnRowsAndHandOnWhatTheyWereGiven()
    {
        var variable = new Variable(Table);
        var function = Function.Of((Tensor indices, Tensor upstream) =>
        {
            using var tape = new GradientTape();
            var picked = Ops.Gather(variable, indices);
            return (picked, tape.Gradient(picked, variable, upstream)!, Ops.Sum(picked));
        });
        Tensor places = Places, upstream = Weights;
        for (var call = 0; call < 2; call++)
        {
            var (picked, gradient, sum) = function.Apply(places, upstream);
            Assert.Equal([4f, 5, 0, 1, 4, 5], picked.ToArray<float>());
            Assert.Equal(19, (float)sum);
            Assert.False(gradient.HasMemory);
            Assert.Same(upstream, IndexedSlices.Of(gradient)!.Values);
            Assert.Equal([3f, 4, 0, 0, 6, 8, 0, 0], gradient.ToArray<float>());
        }

        Assert.Contains("results that are rows", function.Describe(places, upstream));
        var computed = Function.Of((Tensor indices, Tensor x) => new IndexedSlices(Ops.Reshape(x * 2f, [3, 2]), indices + 1, [4, 2]).ToTensor());
        var rows = computed.Apply(places, Ops.Reshape(upstream, [6]));
        Assert.Equal([3, 1, 3], IndexedSlices.Of(rows)!.Indices.ToArray<int>());
        Assert.Equal([0f, 0, 6, 8, 0, 0, 12, 16], rows.ToArray<float>());
        var nested = Function.Of((Tensor indices, Tensor x) => computed.Apply(indices, x)).Apply(places, Ops.Reshape(upstream, [6]));
        Assert.NotNull(IndexedSlices.Of(nested));
        var chosen = Function.Of((Tensor indices, Tensor x) => Ops.Cond(Ops.Greater(Ops.Sum(x), 0f), () => computed.Apply(indices, x), () => Ops.Zeros([4, 2])));
        Assert.Equal([0f, 0, 6, 8, 0, 0, 12, 16], chosen.Apply(places, Ops.Reshape(upstream, [6])).ToArray<float>());
    }

    [Fact]
    public void ATapeAroundAFunctionGetsRows()
    {
        var variable = new Variable(Table);
        var function = Function.Of((Tensor indices) => Ops.Square(Ops.Gather(variable, indices)));
        using var outer = new GradientTape();
        Tensor gradient;
        using (var tape = new GradientTape()) gradient = tape.Gradient(function.Apply(Places), variable)!;
        Assert.False(gradient.HasMemory);
        Assert.Equal([0f, 2, 0, 0, 16, 20, 0, 0], gradient.ToArray<float>());
        Assert.Equal([2f, 2, 0, 0, 4, 4, 0, 0], outer.Gradient(gradient, variable)!.ToArray<float>());
        using var free = new GradientTape();
        Assert.Equal(Places, IndexedSlices.Of(free.Gradient(function.Apply(Places), variable)!)!.Indices.ToArray<int>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SecondDerivativesGoThroughRows(bool compiled)
    {
        var variable = new Variable(Table);
        // Two uses of the table, so that lists of rows are joined below the second tape.
        Tensor Second(Tensor indices)
        {
            using var outer = new GradientTape();
            using var inner = new GradientTape();
            var picked = Ops.Gather(variable, indices);
            var loss = Ops.Sum(picked * picked * picked) + Ops.Sum(Ops.Square(Ops.Gather(variable, indices + 1)));
            var first = inner.Gradient(loss, variable)!;
            return outer.Gradient(Ops.Sum(first * first), variable)!;
        }

        // The gradient is g = 3c x² + 2d x, where c and d count; that of Σ g² is 2 g g'.
        var expected = Enumerable.Range(0, 8).Select(i =>
        {
            var (x, row) = ((float)i, i / 2);
            var (c, d) = (Places.Count(place => place == row), Places.Count(place => place + 1 == row));
            return 2 * ((3 * c * x * x) + (2 * d * x)) * ((6 * c * x) + (2 * d));
        });
        Assert.Equal(expected, (compiled ? Function.Of((Tensor indices) => Second(indices)).Apply(Places) : Second(Places)).ToArray<float>());
    }

    [Fact]
    public void BitsDoNotDependOnTheThreads()
    {
        var random = new Random(3);
        Tensor indices = Enumerable.Range(0, 4000).Select(_ => random.Next(300)).ToArray();
        Tensor values = Ops.FromSpan<float>(Enumerable.Range(0, 4000 * 33).Select(_ => random.NextSingle() - 0.5f).ToArray(), [4000, 33]);
        var former = WorkerPool.ThreadCount;
        float[]? expected = null;
        try
        {
            foreach (var threads in new[] { 1, 2, 4 })
            {
                WorkerPool.ThreadCount = threads;
                var actual = new IndexedSlices(values, indices, [300, 33]).ToTensor().ToArray<float>();
                expected ??= actual;
                Assert.Equal(expected, actual);
            }
        }
        finally
        {
            WorkerPool.ThreadCount = former;
        }
    }

    static Tensor Gradient(Variable variable, Func<Tensor, Tensor> program)
    {
        using var tape = new GradientTape();
        return tape.Gradient(Ops.Sum(program(variable) * Weights), variable)!;
    }
}
