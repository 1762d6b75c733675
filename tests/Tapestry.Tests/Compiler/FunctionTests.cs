using Tapestry.Compiler;

namespace Tapestry.Tests.Compiler;

public class FunctionTests
{
    static FunctionTests() => Pipeline.VerifiesEachPass = true;

    [Fact]
    public void TracesOncePerShape()
    {
        var bodies = 0;
        var f = Function.Of((Tensor x) =>
        {
            bodies++;
            return x * x + 1f;
        });
        Assert.Equal([2f, 5f], f.Apply(new float[] { 1, 2 }).ToArray<float>());
        Assert.Equal([10f, 17f], f.Apply(new float[] { 3, 4 }).ToArray<float>());
        Assert.Equal(1, bodies);
        f.Apply(new float[] { 1 });
        Assert.Equal(2, bodies);
        Assert.Contains("'x': float32[2] → float32[1]", f.RetraceReport[1]);
    }

    [Fact]
    public void AnUnknownDimensionNeedsNoSecondTrace()
    {
        var f = Function.Of((Tensor x) => x * 2f, new FunctionOptions { InputSignature = [new TensorSpec([null, 2], DType.Float32)] });
        Assert.Equal(2, f.Apply(Ops.Ones([3, 2])).Shape.Rank);
        Assert.Equal(5, f.Apply(Ops.Ones([5, 2])).Shape[0]);
        Assert.Equal(1, f.TraceCount);
        Assert.Throws<TapestryException>(() => f.Apply(Ops.Ones([5, 3])));
    }

    [Fact]
    public void VariablesAreAliasedInProgramOrder()
    {
        var v = new Variable(3f);
        var f = Function.Of(() =>
        {
            Tensor a = v;
            v.Assign(a * 2f);
            Tensor b = v;
            v.AssignAdd(1f);
            return (a, b, v.Value);
        });
        var (a, b, c) = f.Apply();
        Assert.Equal([3f, 6f, 7f], [(float)a, (float)b, (float)c]);
        Assert.Equal(7f, (float)v.Value);
        var before = v.Value;
        f.Apply();
        Assert.Equal(7f, (float)before);
        Assert.Equal(15f, (float)v.Value);
    }

    [Fact]
    public void ATrainingStepAllocatesNothing()
    {
        var v = new Variable(new float[] { 1, 2, 3 });
        var step = Function.Of(
            (Tensor x) =>
            {
                using var tape = new GradientTape();
                var loss = v * v * x;
                v.AssignSub(tape.Gradient(loss, v)! * 0.1f);
                return loss;
            },
            new FunctionOptions { ReuseResults = true });
        Tensor x = new float[] { 1, 1, 1 };
        for (var i = 0; i < 100; i++) step.Apply(x);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) step.Apply(x);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void GradientsGoThroughAFunctionToAnyOrder()
    {
        var v = new Variable(2f);
        var f = Function.Of((Tensor x) => x * x * v);
        var x = Ops.Constant(3f);
        using var outer = new GradientTape(persistent: true);
        outer.Watch(x);
        Tensor first;
        using (var inner = new GradientTape(persistent: true))
        {
            inner.Watch(x);
            var y = f.Apply(x);
            first = inner.Gradient(y, x)!;
            Assert.Equal(9f, (float)inner.Gradient(y, v)!);
        }

        Assert.Equal(12f, (float)first);
        Assert.Equal(4f, (float)outer.Gradient(first, x)!);
        Assert.Equal(6f, (float)outer.Gradient(first, v)!);
    }

    [Fact]
    public void ResultsMayBeViewsOfIntermediateValues()
    {
        var f = Function.Of((Tensor x) => (Tensor[])[Ops.Reshape(x * 2f, [4]), Ops.Reshape(x, [1, 4]), x * 3f]);
        Tensor x = new float[,] { { 1, 2 }, { 3, 4 } };
        for (var call = 0; call < 2; call++)
        {
            var results = f.Apply(x);
            Assert.Equal([2f, 4, 6, 8], results[0].ToArray<float>());
            Assert.Equal([1f, 2, 3, 4], results[1].ToArray<float>());
            Assert.Equal([3f, 6, 9, 12], results[2].ToArray<float>());
        }
    }

    /// <summary>What is left out changes nothing, not even the sign of a zero: -0 + 0 is 0.</summary>
    [Fact]
    public void WhatIsLeftOutChangesNoBit()
    {
        static Nest Program(Tensor x) => (Nest)(Tensor[])[x + 0f, 0f + x, x - 0f, x + -0f, -0f + x, x - -0f, x * 1f, x / 1f];
        Tensor zeros = new float[] { -0f, 0f, 1f };
        var (expected, actual) = (Program(zeros).Flatten(), Function.Of((Tensor x) => Program(x)).Apply(zeros).Flatten());
        for (var i = 0; i < expected.Count; i++) Assert.Equal(expected[i].Bytes.ToArray(), actual[i].Bytes.ToArray());
    }

    [Fact]
    public void DescribeShowsEveryPass()
    {
        var f = Function.Of((Tensor x) => x * 1f + x * 1f);
        var text = f.Describe(Ops.Ones([2]));
        Assert.Contains("== traced: 3 operations", text);
        Assert.Contains("== simplification: 1 operations", text);
        Assert.Contains("return %0", text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void NoGradientFlowsThroughStopGradientWhereverTheTapeIs(bool isInside)
    {
        static Tensor Gradient(Func<Tensor, Tensor> f, Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            return tape.Gradient(f(x), x)!;
        }

        static Tensor Program(Tensor x) => x * Ops.StopGradient(x * x);
        var x = Ops.Constant(3f);
        Assert.Equal(9f, (float)(isInside ? Function.Of((Tensor t) => Gradient(Program, t)).Apply(x) : Gradient(Function.Of((Tensor t) => Program(t)).Apply, x)));
    }
}
