namespace Tapestry.Tests.Autodiff;

[Trait("Category", "Quick")]
public class ForwardAccumulatorTests
{
    static readonly Tensor X = new float[,] { { 0.3f, -0.7f }, { 1.1f, 0.4f } };

    static readonly Tensor Direction = new float[,] { { 1, 2 }, { -1, 0.5f } };

    [Fact]
    public void CarriesDirectionalDerivatives()
    {
        using var accumulator = new ForwardAccumulator(X, Direction);
        var y = Ops.Sin(X) * X;
        var expected = Each(X, Direction, (x, t) => ((Math.Cos(x) * x) + Math.Sin(x)) * t);
        Near(expected, accumulator.Jvp(y)!);
        Assert.Null(accumulator.Jvp(Ops.Ones([2])));
        Assert.Equal([0f, 0], accumulator.Jvp(Ops.Ones([2]), UnconnectedGradients.Zero)!.ToArray<float>());
    }

    [Theory]
    [InlineData("matmul")]
    [InlineData("softmax")]
    [InlineData("reduction")]
    [InlineData("convolution")]
    [InlineData("choice")]
    [InlineData("concatenation")]
    public void AgreesWithTheTape(string name)
    {
        Func<Tensor, Tensor> f = name switch
        {
            "matmul" => x => Ops.MatMul(x, Ops.Tanh(x)),
            "softmax" => x => Ops.Softmax(x) * x,
            "reduction" => x => Ops.Max(x, 0) + Ops.Mean(x * x) + Ops.Sum(x, 1),
            "convolution" => x => Ops.Conv2D(Ops.Reshape(x, [1, 2, 2, 1]), Ops.Reshape(x, [2, 2, 1, 1]), padding: "same"),
            "choice" => x => Ops.Where(Ops.Greater(x, 0f), Ops.Exp(x), x * x),
            _ => x => Ops.Concat([x, Ops.Reshape(x * x, [2, 2])], 0),
        };
        Tensor forward;
        using (var accumulator = new ForwardAccumulator(X, Direction)) forward = accumulator.Jvp(f(X))!;
        using var tape = new GradientTape(persistent: true);
        tape.Watch(X);
        var y = Ops.Reshape(f(X), [-1]);
        var direction = Direction.ToArray<float>();
        var expected = new double[y.Size];
        for (var i = 0; i < expected.Length; i++)
        {
            var unit = new float[expected.Length];
            unit[i] = 1;
            expected[i] = tape.Gradient(y, X, unit)!.ToArray<float>().Zip(direction, (g, t) => (double)g * t).Sum();
        }

        Near(expected, forward);
    }

    [Fact]
    public void TakesVariablesAndSeveralPrimals()
    {
        var v = new Variable(new float[] { 2, 3 });
        Tensor x = new float[] { 5, 7 };
        using var accumulator = new ForwardAccumulator((Nest)(Nest[])[v, x], (Nest)(Tensor[])[new float[] { 1, 0 }, new float[] { 0, 10 }]);
        Assert.Equal([5f, 30f], accumulator.Jvp(v * x)!.ToArray<float>());
    }

    [Fact]
    public void NestsToSecondDerivatives()
    {
        var x = Ops.Constant(3f);
        using var outer = new ForwardAccumulator(x, Ops.Constant(1f));
        using var inner = new ForwardAccumulator(x, Ops.Constant(1f));
        var y = x * x * x;
        var first = inner.Jvp(y)!;
        Assert.Equal(27f, (float)first);
        Assert.Equal(18f, (float)outer.Jvp(first)!);
    }

    [Fact]
    public void OverATapeGivesAHessianTimesADirection()
    {
        Tensor x = new float[] { 1, 2 };
        using var accumulator = new ForwardAccumulator(x, (Tensor)new float[] { 1, 10 });
        using var tape = new GradientTape();
        tape.Watch(x);
        // f = x₀²x₁; H = [[2x₁, 2x₀], [2x₀, 0]].
        var f = Ops.Sum(x * x * (Tensor)new float[] { 1, 0 }) * Ops.Sum(x * (Tensor)new float[] { 0, 1 });
        var gradient = tape.Gradient(f, x)!;
        Assert.Equal([4f, 1f], gradient.ToArray<float>());
        Assert.Equal([24f, 2f], accumulator.Jvp(gradient)!.ToArray<float>());
    }

    [Fact]
    public void WorksInsideAFunction()
    {
        var f = Function.Of((Tensor x) =>
        {
            using var accumulator = new ForwardAccumulator(x, Direction);
            return accumulator.Jvp(Ops.Exp(x))!;
        });
        Near(Each(X, Direction, (x, t) => Math.Exp(x) * t), f.Apply(X));
    }

    [Fact]
    public void EndsAndResumes()
    {
        var x = Ops.Constant(3f);
        var accumulator = new ForwardAccumulator(x, Ops.Constant(1f));
        accumulator.Dispose();
        Assert.Null(accumulator.Jvp(x * x));
        using (accumulator.Resume()) Assert.Equal(6f, (float)accumulator.Jvp(x * x)!);
    }

    [Fact]
    public void RefusesWhatDoesNotFit()
    {
        var refusal = Assert.Throws<TapestryException>(() => new ForwardAccumulator(X, Ops.Ones([3])));
        Assert.Equal(("ForwardAccumulator", "float32[3]", "float32[2,2]"), (refusal.Subject, refusal.Received, refusal.Expected));
        Assert.Contains("twice", Assert.Throws<TapestryException>(() => new ForwardAccumulator((X, X), (X, X))).Fault);
        Assert.Contains("1 tangents", Assert.Throws<TapestryException>(() => new ForwardAccumulator((X, X), X)).Received);
    }

    static double[] Each(Tensor x, Tensor direction, Func<double, double, double> derivative) =>
        [.. x.ToArray<float>().Zip(direction.ToArray<float>(), (value, tangent) => derivative(value, tangent))];

    static void Near(double[] expected, Tensor actual)
    {
        var values = actual.ToArray<float>();
        Assert.Equal(expected.Length, values.Length);
        for (var i = 0; i < values.Length; i++) Assert.Equal(expected[i], values[i], 1e-5 * Math.Max(1, Math.Abs(expected[i])));
    }
}
