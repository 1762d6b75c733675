using Tapestry.Compiler;

namespace Tapestry.Tests.Compiler;

/// <summary>When a function is traced again, how it tells why, and what it shows of itself.</summary>
[Trait("Category", "Quick")]
public class RetracingTests
{
    static RetracingTests() => Pipeline.VerifiesEachPass = true;

    [Fact]
    public void TheReportNamesTheArgumentThatChanged()
    {
        var f = Function.Of((Tensor x, double scale) => x * scale);
        f.Apply(Ops.Ones([2]), 2);
        f.Apply(Ops.Ones([2]), 2);
        f.Apply(Ops.Ones([3]), 2);
        f.Apply(Ops.Ones([3]), 5);
        f.Apply(Ops.Ones([3], DType.Float64), 5);
        Assert.Equal(4, f.TraceCount);
        Assert.Equal(
            [
                "trace 1: first call",
                "trace 2: argument 'x': float32[2] → float32[3]",
                "trace 3: argument 'scale': 2 → 5",
                "trace 4: argument 'x': float32[3] → float64[3]",
            ],
            f.RetraceReport);
        Assert.Equal(10.0, f.Apply(new[] { 2.0, 2, 2 }, 5).ToArray<double>()[2]);
    }

    [Fact]
    public void AnotherStructureIsAnotherTrace()
    {
        var f = Function.Of((Nest inputs) => inputs.Flatten().Aggregate((a, b) => a + b));
        f.Apply((Ops.Ones([2]), Ops.Ones([2])));
        f.Apply((Tensor[])[Ops.Ones([2]), Ops.Ones([2])]);
        Assert.Equal(2, f.TraceCount);
        Assert.Contains("structure: ", f.RetraceReport[1]);
        Assert.Contains(" → ", f.RetraceReport[1]);
    }

    [Fact]
    public void RelaxedShapesNeedNoThirdTrace()
    {
        var f = Function.Of((Tensor x) => Ops.Sum(x * x, 0), new FunctionOptions { ReduceRetracing = true });
        for (var rows = 1; rows <= 6; rows++) Assert.Equal([rows, rows], f.Apply(Ops.Ones([rows, 2])).ToArray<float>().Select(value => (int)value));
        Assert.Equal(2, f.TraceCount);
    }

    [Fact]
    public void ASmallerLastBatchNeedsNoTraceAndIsRightForwardsAndBackwards()
    {
        var w = new Variable(Ops.FromSpan<float>([1, -2, 3, 0.5f, 1, -1], [2, 3]));
        Tensor[] Gradient(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var y = Ops.Mean(Ops.Softmax(Ops.Reshape(Ops.MatMul(x, w), [-1, 3]) + Ops.Sum(x, -1, keepdims: true)) * x[.., 1..2]);
            return [y, .. tape.Gradient(y, (Nest)(Nest[])[x, w]).Flatten()];
        }

        var f = Function.Of((Tensor x) => Gradient(x), new FunctionOptions { InputSignature = [new TensorSpec([null, 2], DType.Float32)] });
        foreach (var rows in new[] { 8, 8, 3, 1, 8, 5 })
        {
            var x = Ops.FromSpan<float>([.. Enumerable.Range(0, rows * 2).Select(i => (float)Math.Cos(i))], [rows, 2]);
            var (compiled, eager) = (f.Apply(x), Gradient(x));
            for (var i = 0; i < eager.Length; i++)
            {
                Assert.Equal(eager[i].Shape, compiled[i].Shape);
                foreach (var (expected, actual) in eager[i].ToArray<float>().Zip(compiled[i].ToArray<float>())) Assert.Equal(expected, actual, 1e-6f);
            }
        }

        Assert.Equal(1, f.TraceCount);
    }

    [Fact]
    public void OnlyTheLatestTracesAreKept()
    {
        var f = Function.Of((Tensor x, int n) => x * n, new FunctionOptions { MostTraces = 2 });
        foreach (var n in new[] { 1, 2, 3, 2, 3 }) Assert.Equal(n, (float)f.Apply(Ops.Constant(1f), n));
        Assert.Equal(3, f.TraceCount);
        Assert.Equal(1f, (float)f.Apply(Ops.Constant(1f), 1));
        Assert.Equal(4, f.TraceCount);
    }

    [Fact]
    public void VariablesAreCreatedAtTheFirstCallOnly()
    {
        Variable? kept = null;
        var good = Function.Of((Tensor x) => x * (kept ??= new Variable(3f)));
        Assert.Equal(6f, (float)good.Apply(Ops.Constant(2f)));
        Assert.Equal(9f, (float)good.Apply(Ops.Constant(3f)));
        var bad = Function.Of((Tensor x) => x * new Variable(3f));
        var refusal = Assert.Throws<TapestryException>(() => bad.Apply(Ops.Constant(2f)));
        Assert.Contains("first call only", refusal.Fault);
        Assert.NotNull(refusal.Remedy);
    }

    [Fact]
    public void SwappedVariablesKeepTheirValuesOverManyCalls()
    {
        var (a, b) = (new Variable(new float[] { 1, 2 }), new Variable(new float[] { 3, 4 }));
        var swap = Function.Of(() =>
        {
            Tensor before = a;
            a.Assign(b);
            b.Assign(before);
            return a + b;
        });
        Tensor? held = null;
        for (var call = 1; call <= 6; call++)
        {
            Assert.Equal([4f, 6f], swap.Apply().ToArray<float>());
            Assert.Equal(call % 2 == 1 ? [3f, 4f] : [1f, 2f], a.Value.ToArray<float>());
            if (call == 3) held = a.Value;
        }

        Assert.Equal([3f, 4f], held!.ToArray<float>());
    }

    [Fact]
    public void DescribePrintsTheGraphBeforeAndAfterItsPasses()
    {
        var v = new Variable(Ops.Ones([2, 3]), name: "kernel");
        var f = Function.Of((Tensor x) =>
        {
            var unused = Ops.Exp(x);
            v.AssignAdd(0.5f);
            return Ops.Relu(Ops.MatMul(x * 1f, v)) + (Ops.Constant(2f) * Ops.Constant(3f)) + Ops.Relu(Ops.MatMul(x * 1f, v));
        });
        var text = f.Describe(Ops.Ones([4, 2]));
        var parts = text.Split("== ", StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("traced: ", parts[0]);
        Assert.Contains("Exp(%x)", parts[0]);
        Assert.Contains("%kernel = variable : float32[2,3]", parts[0]);
        Assert.Equal(2, parts[0].Split("MatMul").Length - 1);
        var last = parts[..^1].Last(part => part.Contains('%'));
        Assert.DoesNotContain("Exp", last);
        Assert.Equal(1, last.Split("MatMul").Length - 1);
        Assert.Contains(" 6.0)", last);
        Assert.Contains("= MatMul{TransposeA = False, TransposeB = False}(%x, %", last);
        Assert.Contains("kernel := ", last);
        Assert.Contains("return %", last);
        Assert.Matches(@"^execution: \d+ steps? in order over one arena of \d+ bytes\n(  .*\n)+$", parts[^1]);
        Assert.Contains("map Float32(array) ", parts[^1]);
        // Looking does not run it.
        Assert.Equal(1f, v.Value.ToArray<float>()[0]);
        Assert.Equal(0, f.TraceCount);
    }
}
