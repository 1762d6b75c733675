using Tapestry.Kernels.Threading;
using Tapestry.Tests.Kernels.Threading;

namespace Tapestry.Tests.Operations.Nn;

/// <summary>The recurrence over all steps against the same recurrence step by step.</summary>
[Collection(nameof(ThreadCountCollection))]
public sealed class LstmTests
{
    [Theory]
    [InlineData(1, 1, 1, false)]
    [InlineData(3, 2, 5, true)]
    [InlineData(5, 33, 17, false)]
    [InlineData(2, 19, 40, true)]
    [InlineData(7, 4, 64, false)]
    public void IsTheRecurrenceStepByStep(int steps, int batch, int units, bool single)
    {
        var dtype = single ? DType.Float32 : DType.Float64;
        Tensor[] inputs = [Draw(1, steps, batch, 4 * units), Draw(2, batch, units), Draw(3, batch, units), Draw(4, units, 4 * units)];
        Tensor ofOutputs = Draw(5, steps, batch, units), ofStates = Draw(6, steps, batch, units);
        var (expected, actual) = (Differentiate(Composed), Differentiate(x => Ops.Lstm(x[0], x[1], x[2], x[3])));
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i].Shape, actual[i].Shape);
            var scale = (double)Ops.Max(Ops.Abs(expected[i]));
            Assert.True((double)Ops.Max(Ops.Abs(expected[i] - actual[i])) <= scale * (single ? 2e-6 : 1e-13), $"result {i}");
        }

        Tensor Draw(int seed, params int[] shape) => Ops.Cast(Ops.StatelessUniform(new Shape(shape), new[] { seed, 7 }, -1, 1, DType.Float64), dtype);

        Tensor[] Differentiate(Func<Tensor[], (Tensor Outputs, Tensor States)> recurrence)
        {
            using var tape = new GradientTape();
            Tensor[] own = [.. inputs.Select(Ops.Identity)];
            foreach (var x in own) tape.Watch(x);
            var (outputs, states) = recurrence(own);
            return [outputs, states, .. tape.Gradients([outputs, states], own, [ofOutputs, ofStates], UnconnectedGradients.Zero).Select(gradient => gradient!)];
        }
    }

    [Fact]
    public void DoesNotDependOnThreads()
    {
        var inputs = (Tensor[])[Ops.StatelessUniform([6, 40, 256], new[] { 1, 2 }, -1, 1), Ops.Zeros([40, 64]), Ops.Zeros([40, 64]), Ops.StatelessUniform([64, 256], new[] { 3, 4 }, -0.2, 0.2)];
        var former = WorkerPool.ThreadCount;
        try
        {
            WorkerPool.ThreadCount = 1;
            var expected = Ops.Lstm(inputs[0], inputs[1], inputs[2], inputs[3]).Outputs.ToArray<float>();
            WorkerPool.ThreadCount = 4;
            Assert.Equal(expected, Ops.Lstm(inputs[0], inputs[1], inputs[2], inputs[3]).Outputs.ToArray<float>());
        }
        finally
        {
            WorkerPool.ThreadCount = former;
        }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(4, false)]
    [InlineData(4, true)]
    public void HasTheSecondDerivativesOfTheRecurrenceStepByStep(int steps, bool compiled)
    {
        Tensor[] inputs = [Draw(1, steps, 3, 8), Draw(2, 3, 2), Draw(3, 3, 2), Draw(4, 2, 8)];
        RecurrentTests.SecondDerivativesAgree(inputs, x => { var (outputs, states) = Composed(x); return [outputs, states]; }, x => { var (outputs, states) = Ops.Lstm(x[0], x[1], x[2], x[3]); return [outputs, states]; }, compiled);

        static Tensor Draw(int seed, params int[] shape) => Ops.StatelessUniform(new Shape(shape), new[] { seed, 7 }, -1, 1, DType.Float64);
    }

    static (Tensor Outputs, Tensor States) Composed(Tensor[] x)
    {
        var (h, c) = (x[1], x[2]);
        List<Tensor> outputs = [], states = [];
        foreach (var entry in Ops.Unstack(x[0]))
        {
            var z = Ops.Split(entry + Ops.MatMul(h, x[3]), 4, axis: 1);
            c = (Ops.Sigmoid(z[1]) * c) + (Ops.Sigmoid(z[0]) * Ops.Tanh(z[2]));
            h = Ops.Sigmoid(z[3]) * Ops.Tanh(c);
            outputs.Add(h);
            states.Add(c);
        }

        return (Ops.Stack(outputs), Ops.Stack(states));
    }
}
