// Three small programs: a layer of one's own, a model with two named inputs, a training loop with a tape.
using Tapestry;
using Tapestry.Keras;
using Tapestry.Keras.Layers;

// 1. A custom layer. It has no weights until it sees its first input; then its fields are found by themselves.
var block = new MlpBlock();
block.Apply(Ops.Ones([3, 64]));
Console.WriteLine($"weights: {block.Weights.Count}");
Console.WriteLine($"trainable weights: {block.TrainableWeights.Count}");

// 2. A functional model with two inputs of unknown length. Integers are fed by name and converted.
var left = new Input([null, 5], name: "left");
var right = new Input([null, 5], name: "right");
var average = Ops.Mean((left + right) / 2, axis: 1);
var model = new Model(inputs: [left, right], outputs: new MlpBlock().Apply(average));
Tensor a = new int[,,] { { { 1, 2, 3, 4, 5 }, { 6, 7, 8, 9, 10 } } };
Tensor b = new int[,,] { { { 5, 4, 3, 2, 1 }, { 0, 0, 0, 0, 0 } } };
Console.WriteLine(a);
Console.WriteLine(model.Apply(new() { ["left"] = a, ["right"] = b }));

// 3. The training loop of TensorFlow 2, on a batch of two: eager, differentiated by a tape, stepped by an optimizer.
var network = new MlpBlock(16);
var optimizer = new Adam(learningRate: 1e-2f);
Tensor x = new float[,] { { 0.5f, -1f, 2f, 0f, 1f }, { -0.3f, 0.8f, 1f, 1f, -2f } };
Tensor target = new float[,] { { 1f }, { -1f } };
for (var step = 0; step <= 1000; step++)
{
    using var tape = new GradientTape();
    var loss = Ops.Mean(Ops.Square(network.Apply(x, training: true) - target));
    optimizer.Apply(tape.Gradient(loss, network.TrainableVariables), network.TrainableVariables);
    if (step % 200 == 0) Console.WriteLine($"step {step,4}: {loss}");
}

/// <summary>Three dense layers, the first two with ReLU.</summary>
sealed class MlpBlock(int units = 32) : Layer
{
    readonly Dense first = new(units, activation: "relu");
    readonly Dense second = new(units, activation: "relu");
    readonly Dense last = new(1);

    protected override Tensor Call(Tensor x, CallContext context) => last.Apply(second.Apply(first.Apply(x)));
}
