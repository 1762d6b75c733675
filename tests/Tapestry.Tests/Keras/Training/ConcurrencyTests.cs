using Tapestry.Keras;
using Tapestry.Keras.Layers;

namespace Tapestry.Tests.Keras.Training;

/// <summary>Several threads use tensors, functions and models at the same time.</summary>
[Trait("Category", "Quick")]
public class ConcurrencyTests
{
    const int Threads = 4;

    [Fact]
    public void TensorsMadeOnOneThreadAreUsedOnOthers()
    {
        Tensor x = Enumerable.Range(0, 50_000).Select(i => (float)i).ToArray();
        var expected = (float)Ops.Sum(Ops.Sin(x) * x);
        Tensor? last = null;
        OnThreads(_ =>
        {
            for (var i = 0; i < 20; i++)
            {
                var mine = Ops.Sin(x) * x;
                Assert.Equal(expected, (float)Ops.Sum(mine));
                last = mine;
            }
        });
        Assert.Equal(expected, (float)Ops.Sum(last!));
    }

    [Fact]
    public void NumbersKeepTheirValuesOnEveryThread() => OnThreads(thread =>
    {
        // Scalars of the program are kept in a small cache that all threads share.
        var x = Ops.Constant(0.0);
        for (var i = 0; i < 20_000; i++)
        {
            var number = (thread * 1000) + (i % 97);
            Assert.Equal(number, (double)(x + number));
        }
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AFunctionGivesEachThreadItsOwnResults(bool reuse)
    {
        var f = Function.Of((Tensor x) => Ops.Sum(Ops.Exp(x * 0.01f) * x), new FunctionOptions { ReuseResults = reuse });
        var inputs = Enumerable.Range(0, Threads).Select(thread => (Tensor)Enumerable.Range(0, 300).Select(i => (float)(i % (7 + thread))).ToArray()).ToArray();
        var expected = inputs.Select(x => (float)Ops.Sum(Ops.Exp(x * 0.01f) * x)).ToArray();
        OnThreads(thread =>
        {
            for (var i = 0; i < 300; i++)
            {
                var result = f.Apply(inputs[thread]);
                Thread.Yield();
                Assert.Equal(expected[thread], (float)result, expected[thread] * 1e-6f);
            }
        });
    }

    [Fact]
    public void ThreadsShareOneTrace()
    {
        var traced = 0;
        var f = Function.Of((Tensor x) =>
        {
            Interlocked.Increment(ref traced);
            return x * 2f;
        });
        OnThreads(thread => Assert.Equal(2f * thread, (float)f.Apply(Ops.Constant((float)thread))));
        Assert.Equal(1, traced);
    }

    [Fact]
    public void AModelPredictsOnSeveralThreads()
    {
        for (var round = 0; round < 5; round++)
        {
            var model = new Sequential([new Input([6]), new Dense(16, activation: "relu"), new Dropout(0.5), new Dense(3)]);
            var inputs = Enumerable.Range(0, Threads).Select(thread => Ops.FromSpan<float>([.. Enumerable.Range(0, 60).Select(i => (float)Math.Sin(i + thread))], [10, 6])).ToArray();
            var expected = inputs.Select(x => model.Apply(x).ToArray<float>()).ToArray();
            OnThreads(thread =>
            {
                for (var i = 0; i < 30; i++)
                {
                    Tensor predicted = model.Predict(inputs[thread], batchSize: 4, verbose: 0);
                    Near(expected[thread], predicted);
                    Tensor onBatch = model.PredictOnBatch(inputs[thread]);
                    Near(expected[thread], onBatch);
                }
            });
            Assert.Equal(1, model.Trainer.PredictStep.TraceCount);
        }
    }

    [Fact]
    public void ModelsTrainOnThreadsOfTheirOwn()
    {
        Tensor x = new float[,] { { 0, 1 }, { 1, 0 }, { 1, 1 }, { 0, 0 } };
        Tensor y = new float[,] { { 1 }, { 2 }, { 3 }, { 0 } };
        float[] Train()
        {
            var model = new Sequential([new Input([2]), new Dense(1, kernelInitializer: "zeros")]);
            model.Compile(new SGD(0.1), "mse");
            model.Fit(x, y, batchSize: 2, epochs: 20, verbose: 0);
            return model.Weights[0].Value.ToArray<float>();
        }

        var alone = Train();
        OnThreads(_ => Assert.Equal(alone, Train()));
    }

    static void Near(float[] expected, Tensor actual)
    {
        var values = actual.ToArray<float>();
        Assert.Equal(expected.Length, values.Length);
        for (var i = 0; i < values.Length; i++) Assert.Equal(expected[i], values[i], 1e-5f);
    }

    static void OnThreads(Action<int> work)
    {
        using var start = new Barrier(Threads);
        var faults = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
        var threads = Enumerable.Range(0, Threads).Select(thread => new Thread(() =>
        {
            start.SignalAndWait();
            try
            {
                work(thread);
            }
            catch (Exception fault)
            {
                faults.Enqueue(fault);
            }
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        if (faults.TryDequeue(out var first)) throw new AggregateException(first);
    }
}
