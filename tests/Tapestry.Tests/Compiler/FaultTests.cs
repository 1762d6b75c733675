namespace Tapestry.Tests.Compiler;

/// <summary>What is asked for in vain is named, and everything works on afterwards; calls from many threads do not disturb each other.</summary>
public sealed class FaultTests
{
    [Fact]
    public void AnEagerResultThatIsTooLargeIsNamed()
    {
        Tensor column = Ops.Ones([50_000, 1]), row = Ops.Ones([1, 40_000]);
        var exception = Assert.Throws<TapestryException>(() => column + row);
        Assert.Contains("8000000000 bytes", exception.Message, StringComparison.Ordinal);
        Assert.Equal(2f, (column[..2] + row[.., ..2]).ToArray<float>()[3]);
    }

    [Fact]
    public void APlanThatIsTooLargeIsNamedAndTheFunctionWorksOn()
    {
        var function = Function.Of((Tensor column, Tensor row) => Ops.Sum(Ops.Softmax(Ops.Softmax(column + row))), new FunctionOptions { ReduceRetracing = true });
        var exception = Assert.Throws<TapestryException>(() => function.Apply(Ops.Ones([50_000, 1]), Ops.Ones([1, 40_000])));
        Assert.Contains("8000000000 bytes", exception.Message, StringComparison.Ordinal);
        Assert.Equal(3f, function.Apply(Ops.Ones([3, 1]), Ops.Ones([1, 4])).ToArray<float>()[0], 1e-5f);
    }

    /// <summary>A call that changes variables sees what the call before has left, whichever thread made it.</summary>
    [Fact]
    public void EightThreadsChangeVariablesAtOnce()
    {
        var (sum, steps) = (new Variable(Ops.Zeros([50, 60])), new Variable(0));
        var function = Function.Of((Tensor x) =>
        {
            steps.AssignAdd(1);
            sum.AssignAdd(Ops.BroadcastTo(Ops.Sort(x), [50, 60]));
            return (Nest)(sum.Value - Ops.Cast(steps.Value, DType.Float32), steps.Value);
        });
        // Two traces, which share the variables.
        Tensor[] inputs = [Ops.Ones([50, 60]), Ops.Ones([1, 60])];
        var (wrong, seen) = (0, new int[801]);
        using var start = new Barrier(8);
        var threads = Enumerable.Range(0, 8).Select(i => new Thread(() =>
        {
            start.SignalAndWait();
            for (var round = 0; round < 100; round++)
            {
                var results = function.Apply(inputs[(i + round) % 2]).Flatten();
                if (results[0].ToArray<float>().AsSpan().ContainsAnyExcept(0f)) Interlocked.Increment(ref wrong);
                Interlocked.Increment(ref seen[results[1].ToArray<int>()[0]]);
            }
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        Assert.Equal(0, wrong);
        Assert.All(seen.Skip(1), times => Assert.Equal(1, times));
    }

    [Fact]
    public void EightThreadsCallAtOnce()
    {
        var state = new Variable(Ops.RandomNormal([80, 80], seed: 3));
        var function = Function.Of((Tensor x) => Ops.Softmax(Ops.MatMul(Ops.Tanh(x), state)) + x);
        var inputs = Enumerable.Range(0, 8).Select(i => Ops.RandomNormal([70, 80], seed: 10 + i)).ToArray();
        var expected = inputs.Select(x => (Ops.Softmax(Ops.MatMul(Ops.Tanh(x), state)) + x).ToArray<float>()).ToArray();
        var wrong = 0;
        using var start = new Barrier(8);
        var threads = Enumerable.Range(0, 8).Select(i => new Thread(() =>
        {
            start.SignalAndWait();
            for (var round = 0; round < 30; round++)
            {
                if (!function.Apply(inputs[i]).ToArray<float>().AsSpan().SequenceEqual(expected[i])) Interlocked.Increment(ref wrong);
            }
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        Assert.Equal(0, wrong);
        Assert.Equal(1, function.TraceCount);
    }
}
