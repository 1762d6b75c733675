// The network of samples/Mnist without Fit: the whole training step is a Function of one's own, with a tape inside.
using System.Diagnostics;
using Tapestry;
using Tapestry.Keras;
using Tapestry.Keras.Layers;

var quick = args.Contains("--quick");
RandomSeed.Set(7);

var (train, test) = Datasets.Mnist(Path.Combine(AppContext.BaseDirectory, "data"));
var count = quick ? 2048 : train.Images.Shape[0];
var batches = Dataset.FromTensorSlices((train.Images[..count], train.Labels[..count]))
    .Shuffle(10_000, seed: 1)
    .Batch(128)
    .Map((images, labels) => (Prepare(images), Ops.Cast(labels, "int32")))
    .Prefetch();

var model = new Sequential([
    new Conv2D(24, 3, activation: "relu"),
    new MaxPooling2D(),
    new Conv2D(48, 3, activation: "relu"),
    new MaxPooling2D(),
    new Flatten(),
    new Dense(128, activation: "relu"),
    new Dense(10)]);
model.BuildFrom([null, 28, 28, 1]);
var optimizer = new Adam(learningRate: 1e-3f);

// Traced once: the last, smaller batch fits the unknown first dimension.
var trainStep = Function.Of(
    (Tensor images, Tensor labels) =>
    {
        using var tape = new GradientTape();
        var logits = model.Apply(images, training: true);
        var loss = Ops.Mean(Ops.SparseSoftmaxCrossEntropyWithLogits(labels, logits));
        optimizer.Apply(tape.Gradient(loss, model.TrainableVariables), model.TrainableVariables);
        return loss;
    },
    new FunctionOptions
    {
        Name = "train step",
        InputSignature = [new TensorSpec([null, 28, 28, 1], DType.Float32), new TensorSpec([null], DType.Int32)],
    });

for (var epoch = 1; epoch <= (quick ? 1 : 3); epoch++)
{
    var watch = Stopwatch.StartNew();
    var (sum, steps) = (0.0, 0);
    foreach (var (images, labels) in batches)
    {
        sum += (float)trainStep.Apply(images, labels);
        steps++;
    }

    Console.WriteLine($"epoch {epoch}: loss {sum / steps:F4}, {watch.Elapsed.TotalSeconds:F1} s, {Accuracy():P2} of the test set right, {trainStep.TraceCount} trace");
}

double Accuracy()
{
    var (right, all) = (0, 0);
    foreach (var (images, labels) in Dataset.FromTensorSlices((test.Images, test.Labels)).Batch(500).Take(quick ? 2 : int.MaxValue))
    {
        var guesses = Ops.ArgMax(model.Apply(Prepare(images)), axis: 1).ToArray<int>();
        right += guesses.Zip(labels.ToArray<byte>()).Count(pair => pair.First == pair.Second);
        all += guesses.Length;
    }

    return (double)right / all;
}

static Tensor Prepare(Tensor pixels) => Ops.ExpandDims(Ops.Cast(pixels, "float32") / 255f, axis: -1);
