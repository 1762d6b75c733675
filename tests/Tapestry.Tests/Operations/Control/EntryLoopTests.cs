using Tapestry.Keras;

namespace Tapestry.Tests.Operations.Control;

/// <summary>Maps, scans and folds where the golden programs do not go: structures, no entries, unknown dimensions, layers, refusals.</summary>
[Trait("Category", "Quick")]
public class EntryLoopTests
{
    static readonly Tensor Rows = Ops.Reshape(Ops.Range(6, DType.Float32), [3, 2]);

    static readonly FunctionOptions Unknown = new() { InputSignature = [new TensorSpec([null, null], DType.Float32)] };

    [Fact]
    public void MapsStructuresToOtherStructures()
    {
        Nest Program(Tensor x) => Ops.MapFn(entry => new Dictionary<string, Tensor> { ["sum"] = Ops.Sum(entry[0].Single()), ["shifted"] = entry[0].Single() + entry[1].Single() }, (Nest)(x, Ops.Range(3, DType.Float32)));
        foreach (var result in new[] { Program(Rows), Function.Of((Tensor x) => Program(x)).Apply(Rows), Function.Of((Tensor x) => Program(x), Unknown).Apply(Rows) })
        {
            Assert.Equal([1f, 5, 9], result["sum"].Single().ToArray<float>());
            Assert.Equal([0f, 1, 3, 4, 6, 7], result["shifted"].Single().ToArray<float>());
        }
    }

    [Fact]
    public void ResultsMayHaveAnotherShapeAndDType()
    {
        static Tensor Program(Tensor x) => Ops.MapFn(row => Ops.Greater(Ops.ExpandDims(row, 0), 2f), x);
        foreach (var result in new[] { Program(Rows), Function.Of((Tensor x) => Program(x)).Apply(Rows), Function.Of((Tensor x) => Program(x), Unknown).Apply(Rows) })
        {
            Assert.Equal((new Shape(3, 1, 2), DType.Bool), (result.Shape, result.DType));
            Assert.Equal([false, false, false, true, true, true], result.ToArray<bool>());
        }
    }

    [Fact]
    public void NoEntriesGiveNoResults()
    {
        var none = Ops.Zeros([0, 2]);
        Assert.Equal(new Shape(0, 2, 2), Ops.MapFn(row => Ops.Outer(row, row), none).Shape);
        Assert.Equal(new Shape(0, 2, 2), Function.Of((Tensor x) => Ops.MapFn(row => Ops.Outer(row, row), x)).Apply(none).Shape);
        Assert.Equal(5f, (float)Ops.Foldl((sum, row) => sum + Ops.Sum(row), none, Ops.Constant(5f)));
        Assert.Contains("initializer", Assert.Throws<TapestryException>(() => Ops.Foldr((a, b) => a + b, none)).Remedy);
        Assert.Contains("initializer", Assert.Throws<TapestryException>(() => Ops.Scan((a, b) => a + b, none)).Remedy);
    }

    [Fact]
    public void AScanGoesThroughTheEntriesInEitherDirection()
    {
        Assert.Equal([0f, 1, 2, 4, 6, 9], Ops.Scan((a, b) => a + b, Rows).ToArray<float>());
        Assert.Equal([6f, 9, 6, 8, 4, 5], Ops.Scan((a, b) => a + b, Rows, reverse: true).ToArray<float>());
        Assert.Equal([6f, 9, 6, 8, 4, 5], Function.Of((Tensor x) => Ops.Scan((a, b) => a + b, x, reverse: true), Unknown).Apply(Rows).ToArray<float>());
        Assert.Equal([-4f, -4], Ops.Foldl((a, b) => b - a, Rows, Ops.Constant(new float[] { 6, 7 })).ToArray<float>());
        Assert.Equal([2f, 3], Ops.Foldr((a, b) => b - a, Rows).ToArray<float>());
    }

    [Fact]
    public void ALayerMayMapOverABatchOfUnknownSize()
    {
        var input = new Input([2]);
        var model = new Model(input, new Mapping().Apply(input));
        Assert.Equal([0f, 1, 10, 15, 36, 45], model.Apply(Rows).ToArray<float>());
        Assert.Equal([0f, 1, 10, 15, 36, 45], model.Predict(Rows, verbose: 0).Single().ToArray<float>());
    }

    [Fact]
    public void SecondDerivativesComeFromTapesOutside()
    {
        var f = Function.Of((Tensor x) => Ops.Sum(Ops.Scan((a, b) => a * b, x)));
        foreach (var program in new[] { f.Apply, (Func<Tensor, Tensor>)(x => Ops.Sum(Ops.Scan((a, b) => a * b, x))) })
        {
            Tensor x = new float[] { 2, 3, 5 };
            using var outer = new GradientTape(persistent: true);
            outer.Watch(x);
            Tensor first;
            using (var inner = new GradientTape())
            {
                inner.Watch(x);
                first = inner.Gradient(program(x), x)!;
            }

            // x0 + x0 x1 + x0 x1 x2
            Assert.Equal([19f, 12, 6], first.ToArray<float>());
            Assert.Equal([0f, 6, 3, 6, 0, 2, 3, 2, 0], outer.Jacobian(first, x)!.ToArray<float>());
        }
    }

    [Fact]
    public void RefusesWhatHasNoCommonEntries()
    {
        Assert.Contains("first dimensions differ", Assert.Throws<TapestryException>(() => Ops.MapFn(entry => entry, (Nest)(Ops.Ones([2]), Ops.Ones([3])))).Fault);
        Assert.Contains("scalar", Assert.Throws<TapestryException>(() => Ops.MapFn(x => x, Ops.Constant(1f))).Fault);
        Assert.Contains("hands on", Assert.Throws<TapestryException>(() => Ops.Foldl((a, b) => Ops.Cast(a + b, DType.Int32), Rows)).Fault);
        Assert.Throws<TapestryException>(() => Function.Of((Tensor x) => Ops.Foldl((a, b) => Ops.Cast(a + b, DType.Int32), x)).Apply(Rows));
    }

    sealed class Mapping : Layer
    {
        protected override Tensor Call(Tensor x, CallContext context) => Ops.MapFn(row => Ops.Sum(row) * row, x);
    }
}
