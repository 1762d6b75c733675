using Tapestry.Kernels.Threading;
using Tapestry.Tests.Kernels.Threading;

namespace Tapestry.Tests.Operations.Nn;

/// <summary>The gated recurrent unit over all steps against the same recurrence step by step.</summary>
[Collection(nameof(ThreadCountCollection))]
public sealed class GruTests
{
    [Theory]
    [InlineData(1, 1, 1, false, true)]
    [InlineData(3, 2, 5, true, true)]
    [InlineData(5, 33, 17, false, true)]
    [InlineData(2, 19, 40, true, true)]
    [InlineData(7, 4, 64, false, true)]
    [InlineData(1, 1, 1, false, false)]
    [InlineData(3, 2, 5, true, false)]
    [InlineData(5, 33, 17, false, false)]
    [InlineData(2, 19, 40, true, false)]
    [InlineData(7, 4, 64, false, false)]
    public void IsTheRecurrenceStepByStep(int steps, int batch, int units, bool single, bool resetAfter)
    {
        Tensor[] inputs = [.. Inputs(steps, batch, units, resetAfter).Select(x => Ops.Cast(x, single ? DType.Float32 : DType.Float64))];
        var ofOutputs = Ops.Cast(Draw(5, steps, batch, units), inputs[0].DType);
        var (expected, actual) = (Differentiate(Composed), Differentiate(Fused));
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i].Shape, actual[i].Shape);
            var scale = (double)Ops.Max(Ops.Abs(expected[i]));
            Assert.True((double)Ops.Max(Ops.Abs(expected[i] - actual[i])) <= scale * (single ? 2e-6 : 1e-13), $"result {i}");
        }

        Tensor[] Differentiate(Func<Tensor[], Tensor[]> recurrence)
        {
            using var tape = new GradientTape();
            Tensor[] own = [.. inputs.Select(Ops.Identity)];
            foreach (var x in own) tape.Watch(x);
            var outputs = recurrence(own)[0];
            return [outputs, .. tape.Gradients([outputs], own, [ofOutputs], UnconnectedGradients.Zero).Select(gradient => gradient!)];
        }
    }

    [Theory]
    [InlineData(1, true, false)]
    [InlineData(4, true, false)]
    [InlineData(4, true, true)]
    [InlineData(1, false, false)]
    [InlineData(4, false, false)]
    [InlineData(4, false, true)]
    public void HasTheSecondDerivativesOfTheRecurrenceStepByStep(int steps, bool resetAfter, bool compiled) =>
        RecurrentTests.SecondDerivativesAgree(Inputs(steps, 3, 2, resetAfter), Composed, Fused, compiled);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void DoesNotDependOnThreads(bool resetAfter)
    {
        Tensor[] inputs = [.. Inputs(6, 40, 64, resetAfter).Select(x => Ops.Cast(x, DType.Float32))];
        var former = WorkerPool.ThreadCount;
        try
        {
            WorkerPool.ThreadCount = 1;
            var expected = OutputsAndGradients();
            WorkerPool.ThreadCount = 4;
            Assert.Equal(expected, OutputsAndGradients());
        }
        finally
        {
            WorkerPool.ThreadCount = former;
        }

        float[] OutputsAndGradients()
        {
            using var tape = new GradientTape();
            tape.Watch(inputs[0]);
            var outputs = Fused(inputs)[0];
            return [.. outputs.ToArray<float>(), .. tape.Gradient(outputs, inputs[0])!.ToArray<float>()];
        }
    }

    [Fact]
    public void RefusesABiasWithoutAPlace()
    {
        var error = Assert.Throws<TapestryException>(() => Ops.Gru(Ops.Zeros([1, 1, 3]), Ops.Zeros([1, 1]), Ops.Zeros([1, 3]), Ops.Zeros([3]), resetAfter: false));
        Assert.Contains("no bias", error.Message, StringComparison.Ordinal);
    }

    static Tensor[] Inputs(int steps, int batch, int units, bool resetAfter)
    {
        Tensor[] inputs = [Draw(1, steps, batch, 3 * units), Draw(2, batch, units), Draw(4, units, 3 * units)];
        return resetAfter ? [.. inputs, Draw(3, 3 * units)] : inputs;
    }

    static Tensor Draw(int seed, params int[] shape) => Ops.StatelessUniform(new Shape(shape), new[] { seed, 7 }, -1, 1, DType.Float64);

    static Tensor[] Fused(Tensor[] x) => [Ops.Gru(x[0], x[1], x[2], x.Length > 3 ? x[3] : null, resetAfter: x.Length > 3).Outputs];

    static Tensor[] Composed(Tensor[] x)
    {
        var h = x[1];
        List<Tensor> outputs = [];
        foreach (var entry in Ops.Unstack(x[0]))
        {
            Tensor[] e = Ops.Split(entry, 3, axis: 1), p = Ops.Split(Ops.MatMul(h, x[2]), 3, axis: 1);
            Tensor update, value;
            if (x.Length > 3)
            {
                var b = Ops.Split(x[3], 3);
                update = Ops.Sigmoid(e[0] + p[0] + b[0]);
                value = Ops.Tanh(e[2] + (Ops.Sigmoid(e[1] + p[1] + b[1]) * (p[2] + b[2])));
            }
            else
            {
                update = Ops.Sigmoid(e[0] + p[0]);
                value = Ops.Tanh(e[2] + Ops.MatMul(Ops.Sigmoid(e[1] + p[1]) * h, Ops.Split(x[2], 3, axis: 1)[2]));
            }

            h = (update * h) + ((1 - update) * value);
            outputs.Add(h);
        }

        return [Ops.Stack(outputs)];
    }
}
