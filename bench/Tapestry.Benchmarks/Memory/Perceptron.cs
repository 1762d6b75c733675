using Tapestry.Benchmarks.Measuring;
using Tapestry.Keras;
using Tapestry.Keras.Layers;

namespace Tapestry.Benchmarks.Memory;

/// <summary>A network of layers, 5-16-16-1, as users write it: trained with a tape and Adam on batches of 2, and asked for predictions.</summary>
sealed class Perceptron
{
    readonly Tensor x, y;
    readonly Sequential model;
    readonly Adam optimizer = new(1e-3);

    internal Perceptron()
    {
        var numbers = new Numbers(2);
        x = Ops.FromSpan<float>(numbers.Normal(10), [2, 5]);
        y = Ops.FromSpan<float>(numbers.Normal(2), [2, 1]);
        model = new Sequential([new Input([5]), new Dense(16, activation: "relu"), new Dense(16, activation: "relu"), new Dense(1)]);
        model.Compile(optimizer, "mse");
    }

    /// <summary>One training step, operation by operation.</summary>
    internal void StepEagerly()
    {
        using var tape = new GradientTape();
        var loss = Ops.Mean(Ops.Square(model.Apply(x, training: true) - y));
        var weights = model.TrainableWeights;
        optimizer.Apply(tape.Gradient(loss, weights), weights);
    }

    /// <summary>One training step by the compiled step of the model.</summary>
    internal void TrainOnBatch() => model.TrainOnBatch(x, y);

    /// <summary>One call of Predict.</summary>
    internal void Predict() => model.Predict(x, verbose: 0);
}
