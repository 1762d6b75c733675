namespace Tapestry.Tests.Autodiff;

[Trait("Category", "Quick")]
public class CustomGradientTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ReplacesTheGradient(bool compiled)
    {
        var tripled = CustomGradient.Of((Tensor x) => (x * x, upstream => upstream * 3f));
        Assert.Equal([3f, 30f], Gradient(tripled, new float[] { 4, 5 }, compiled, new float[] { 1, 10 }));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheRuleMayUseValuesOfTheFunction(bool compiled)
    {
        // ln(1 + eˣ), whose own gradient is NaN for large x.
        var log1pexp = CustomGradient.Of((Tensor x) =>
        {
            var e = Ops.Exp(x);
            return (Ops.Log(1f + e), upstream => upstream * (1f - (1f / (1f + e))));
        });
        Assert.Equal([0.5f, 1f], Gradient(log1pexp, new float[] { 0, 100 }, compiled));
        Assert.True(float.IsNaN(Gradient(x => Ops.Log(1f + Ops.Exp(x)), new float[] { 100 }, compiled)[0]));
    }

    [Fact]
    public void HasHigherOrdersThroughItsRule()
    {
        var cube = CustomGradient.Of((Tensor x) => (x * x * x, upstream => upstream * x * x * 3f));
        var x = Ops.Constant(2f);
        using var outer = new GradientTape();
        outer.Watch(x);
        Tensor first;
        using (var inner = new GradientTape())
        {
            inner.Watch(x);
            first = inner.Gradient(cube(x), x)!;
        }

        Assert.Equal(12f, (float)first);
        Assert.Equal(12f, (float)outer.Gradient(first, x)!);
    }

    [Fact]
    public void SeveralArgumentsAndResults()
    {
        var f = CustomGradient.Of((Tensor[] x) => ([x[0] + x[1], x[0] * x[1]], upstream => [upstream[0] * 10f, upstream[1] * 100f]));
        var (a, b) = (Ops.Constant(2f), Ops.Constant(3f));
        using var tape = new GradientTape(persistent: true);
        tape.Watch((Nest)(a, b));
        var results = f([a, b]);
        Assert.Equal([5f, 6f], results.Select(result => (float)result));
        Assert.Equal(10f, (float)tape.Gradient(results[0], a)!);
        Assert.Equal([10f, 200f], tape.Gradient(results[0] + (results[1] * 2f), [a, b]).Select(gradient => (float)gradient!));
        var wrong = CustomGradient.Of((Tensor[] x) => ([x[0]], upstream => [upstream[0], upstream[0]]));
        var value = wrong([a])[0];
        var refusal = Assert.Throws<TapestryException>(() => tape.Gradient(value, a));
        Assert.Equal(("CustomGradient", "2"), (refusal.Subject, refusal.Received));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void VariablesAreNamedOrTaken(bool compiled)
    {
        var v = new Variable(4f, name: "gain");
        var refusal = Assert.Throws<TapestryException>(() => CustomGradient.Of((Tensor x) => (x * v, upstream => upstream))(1f));
        Assert.Equal(("CustomGradient", "gain"), (refusal.Subject, refusal.Received));
        Assert.Contains("OfVariables", refusal.Remedy);
        var f = CustomGradient.OfVariables(x => ([x[0] * v], (upstream, variables) => [upstream[0] * 7f, upstream[0] * variables.Count * 9f]));
        Tensor[] Gradients(Tensor x)
        {
            using var tape = new GradientTape(persistent: true);
            tape.Watch(x);
            var y = f([x])[0];
            return [y, tape.Gradient(y, x)!, tape.Gradient(y, v)!];
        }

        var results = compiled ? Function.Of((Tensor x) => Gradients(x)).Apply(2f) : Gradients(Ops.Constant(2f));
        Assert.Equal([8f, 7f, 9f], results.Select(result => (float)result));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void RecomputesInPlaceOfKeeping(bool compiled)
    {
        var runs = 0;
        var v = new Variable(3f);
        var f = CustomGradient.Recompute(x =>
        {
            runs++;
            return Ops.Sin(x * v) * x;
        });
        Tensor[] Gradients(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            return tape.Gradient(f(x), (Nest)(Nest[])[x, v]).Flatten().ToArray();
        }

        var x = 0.4f;
        var results = compiled ? Function.Of((Tensor t) => Gradients(t)).Apply(x) : Gradients(Ops.Constant(x));
        Assert.Equal((3 * x * Math.Cos(3 * x)) + Math.Sin(3 * x), (float)results[0], 1e-5);
        Assert.Equal(x * x * Math.Cos(3 * x), (float)results[1], 1e-5);
        Assert.Equal(2, runs);
    }

    [Fact]
    public void PassesThrough()
    {
        var rounded = CustomGradient.PassThrough(Ops.Round);
        Assert.Equal([1f, 1f], Gradient(rounded, new float[] { 0.2f, 1.7f }, compiled: false));
        Assert.Equal([0f, 2f], rounded(new float[] { 0.2f, 1.7f }).ToArray<float>());
    }

    static float[] Gradient(Func<Tensor, Tensor> function, Tensor x, bool compiled, Tensor? upstream = null)
    {
        Tensor Of(Tensor at)
        {
            using var tape = new GradientTape();
            tape.Watch(at);
            return tape.Gradient(function(at), at, upstream)!;
        }

        return (compiled ? Function.Of((Tensor at) => Of(at)).Apply(x) : Of(x)).ToArray<float>();
    }
}
