namespace Tapestry.Tests.Operations.Nn;

/// <summary>Compares gradients of first and second order with central differences in float64.</summary>
static class FiniteDifferences
{
    const double Step = 1e-5;

    /// <summary>A float64 tensor of pseudo-random values in [-1, 1).</summary>
    internal static Tensor Values(int seed, Shape shape)
    {
        var random = new Random(seed);
        return Ops.FromSpan<double>(Enumerable.Range(0, shape.Size).Select(_ => 2 * random.NextDouble() - 1).ToArray(), shape);
    }

    /// <summary>Checks the gradients of a function of several tensors, and the gradients of those gradients.</summary>
    internal static void Check(Func<Tensor[], Tensor> function, params Tensor[] inputs)
    {
        var weights = Values(99, function(inputs).Shape);
        CheckFirst(x => function(x) * weights, inputs);
        var directions = inputs.Select((input, i) => Values(i, input.Shape)).ToArray();
        CheckFirst(
            x =>
            {
                var gradients = Gradients(y => function(y) * weights, x);
                return Enumerable.Range(0, x.Length).Select(i => Total(gradients[i] * directions[i])).Aggregate((a, b) => a + b);
            },
            inputs);
    }

    /// <summary>Checks the gradients of the sum of what a function gives.</summary>
    internal static void CheckFirst(Func<Tensor[], Tensor> function, params Tensor[] inputs)
    {
        var gradients = Gradients(function, inputs);
        for (var i = 0; i < inputs.Length; i++)
        {
            var (actual, values) = (gradients[i].ToArray<double>(), inputs[i].ToArray<double>());
            for (var j = 0; j < values.Length; j++)
            {
                var expected = (At(j, Step) - At(j, -Step)) / (2 * Step);
                Assert.True(Math.Abs(expected - actual[j]) <= 1e-6 * Math.Max(1, Math.Abs(expected)), $"input {i}, element {j}: the difference quotient is {expected}, the gradient {actual[j]}");
            }

            double At(int j, double step)
            {
                var moved = values.ToArray();
                moved[j] += step;
                var arguments = inputs.ToArray();
                arguments[i] = Ops.FromSpan<double>(moved, inputs[i].Shape);
                return Sum(function(arguments));
            }
        }
    }

    static Tensor[] Gradients(Func<Tensor[], Tensor> function, Tensor[] inputs)
    {
        using var tape = new GradientTape(persistent: true);
        foreach (var input in inputs) tape.Watch(input);
        var y = function(inputs);
        return [.. inputs.Select(input => tape.Gradient(y, input) ?? Ops.ZerosLike(input))];
    }

    static Tensor Total(Tensor x) => Ops.SumToShapeOf(x, Ops.Zeros([], DType.Float64));

    static double Sum(Tensor x) => x.ToArray<double>().Sum();
}
