using Tapestry.Keras;
using Tapestry.Keras.Layers;
using Tapestry.Tests.Kernels.Threading;

namespace Tapestry.Tests.Keras.Training;

/// <summary>The same seed gives the same bits, whatever the number of threads.</summary>
[Collection(nameof(ThreadCountCollection))]
[Trait("Category", "Quick")]
public class DeterminismTests
{
    const int Samples = 72;

    [Fact]
    public void TheSameSeedGivesTheSameBits()
    {
        var (first, second) = (Trained(seed: 5, threads: 2), Trained(seed: 5, threads: 2));
        Assert.Equal(first, second);
        Assert.NotEqual(first, Trained(seed: 6, threads: 2));
    }

    [Fact]
    public void TheNumberOfThreadsDoesNotChangeABit()
    {
        var one = Trained(seed: 5, threads: 1);
        Assert.Equal(one, Trained(seed: 5, threads: 2));
        Assert.Equal(one, Trained(seed: 5, threads: 4));
    }

    [Fact]
    public void AnEagerRunGivesTheSameBitsOnAnyNumberOfThreads()
    {
        var one = Trained(seed: 5, threads: 1, runEagerly: true);
        Assert.Equal(one, Trained(seed: 5, threads: 4, runEagerly: true));
    }

    // The bits of losses, weights and predictions after two epochs, which have a smaller last batch.
    static int[] Trained(int seed, int threads, bool runEagerly = false)
    {
        using var setting = new ThreadSetting(threads);
        RandomSeed.Set(seed);
        var model = new Sequential([new Input([20, 20, 3]), new Filters(8), new Flatten(), new Dense(128, activation: "relu"), new Dropout(0.3), new Dense(5, activation: "softmax")]);
        model.Compile(new Adam(0.01), "sparse_categorical_crossentropy", metrics: ["accuracy"], runEagerly: runEagerly);
        var values = new float[Samples * 20 * 20 * 3];
        for (var i = 0; i < values.Length; i++) values[i] = (float)Math.Sin(i * 0.37);
        var x = Ops.FromSpan<float>(values, [Samples, 20, 20, 3]);
        Tensor y = Enumerable.Range(0, Samples).Select(i => i * 7 % 5).ToArray();
        var history = model.Fit(x, y, batchSize: 32, epochs: 2, verbose: 0);
        Tensor predicted = model.Predict(x, batchSize: 50, verbose: 0);
        return
        [
            .. history["loss"].Concat(history["accuracy"]).Select(value => BitConverter.SingleToInt32Bits((float)value)),
            .. model.Weights.SelectMany(weight => weight.Value.ToArray<float>()).Select(BitConverter.SingleToInt32Bits),
            .. predicted.ToArray<float>().Select(BitConverter.SingleToInt32Bits),
        ];
    }

    sealed class Filters(int count) : Layer
    {
        Variable? kernel;

        protected override void Build(Shape inputShape) => kernel = AddWeight("kernel", [3, 3, inputShape[^1], count]);

        protected override Tensor Call(Tensor x, CallContext context) => Ops.MaxPool(Ops.Relu(Ops.Conv2D(x, kernel!, padding: "same")), [2]);
    }
}
