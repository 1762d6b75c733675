using Tapestry.Keras;
using Tapestry.Keras.Layers;

namespace Tapestry.Tests.Keras.Training;

[Trait("Category", "Quick")]
public class FitTests
{
    static readonly Tensor X = new float[,] { { 0, 1 }, { 1, 0 }, { 1, 1 }, { 0, 0 }, { 2, 1 } };
    static readonly Tensor Y = new float[,] { { 1 }, { 2 }, { 3 }, { 0 }, { 5 } };

    static Sequential Model(bool runEagerly = false, Optimizer? optimizer = null, MetricAssignment? metrics = null)
    {
        var model = new Sequential([new Input([2]), new Dense(1, kernelInitializer: "zeros")]);
        model.Compile(optimizer ?? new SGD(0.1), "mse", metrics: metrics, runEagerly: runEagerly);
        return model;
    }

    [Fact]
    public void LearnsAPlane()
    {
        var model = Model();
        var history = model.Fit(X, Y, batchSize: 2, epochs: 400, verbose: 0);
        Assert.True(history["loss"][^1] < 1e-3);
        Assert.Equal(400, history.Epochs.Count);
        Tensor predictions = model.Predict(X, batchSize: 2, verbose: 0);
        Assert.Equal([5, 1], predictions.Shape.ToArray());
        Assert.Equal(5, predictions.ToArray<float>()[4], 0.1);
    }

    [Fact]
    public void GivesTheSameNumbersEagerly()
    {
        var (compiled, eager) = (Model(metrics: ["mae"]), Model(runEagerly: true, metrics: ["mae"]));
        var (a, b) = (compiled.Fit(X, Y, batchSize: 2, epochs: 3, verbose: 0), eager.Fit(X, Y, batchSize: 2, epochs: 3, verbose: 0));
        Assert.Equal(a["loss"], b["loss"]);
        Assert.Equal(a["mae"], b["mae"]);
        Assert.Equal(compiled.Evaluate(X, Y, verbose: 0)["mae"], eager.Evaluate(X, Y, verbose: 0)["mae"]);
    }

    [Fact]
    public void TracesOnceForTheLastSmallerBatchToo()
    {
        var model = Model();
        model.Fit(X, Y, batchSize: 2, epochs: 2, verbose: 0);
        Assert.Equal(1, model.Trainer.TrainStep.TraceCount);
    }

    [Fact]
    public void ShufflesByTheNumberOfTheEpoch()
    {
        var (first, second) = (Model(), Model());
        first.Fit(X, Y, batchSize: 1, epochs: 2, verbose: 0);
        second.Fit(X, Y, batchSize: 1, epochs: 2, verbose: 0);
        Assert.Equal(first.Weights[0].Value.ToArray<float>(), second.Weights[0].Value.ToArray<float>());
        var ordered = Model();
        ordered.Fit(X, Y, batchSize: 1, epochs: 2, verbose: 0, shuffle: false);
        Assert.NotEqual(first.Weights[0].Value.ToArray<float>(), ordered.Weights[0].Value.ToArray<float>());
    }

    [Fact]
    public void TakesSequencesOfBatches()
    {
        var (arrays, batches) = (Model(), Model());
        arrays.Fit(X, Y, batchSize: 5, epochs: 3, verbose: 0, shuffle: false);
        var history = batches.Fit([new Batch(X, Y)], epochs: 3, verbose: 0);
        Assert.Equal(3, history["loss"].Count);
        Assert.Equal(arrays.Weights[0].Value.ToArray<float>(), batches.Weights[0].Value.ToArray<float>());
        Assert.Equal(arrays.Evaluate(X, Y, verbose: 0)["loss"], batches.Evaluate([new Batch(X, Y)], verbose: 0)["loss"], 6);
    }

    [Fact]
    public void EndsWhenASequenceRunsOut()
    {
        var history = Model().Fit([new Batch(X, Y), new Batch(X, Y)], epochs: 5, stepsPerEpoch: 1, verbose: 0);
        Assert.Equal(2, history["loss"].Count);
    }

    [Fact]
    public void GoesOnWithAChangedLearningRate()
    {
        var model = Model();
        model.TrainOnBatch(X, Y);
        var before = model.Weights[0].Value.ToArray<float>();
        model.Optimizer.LearningRate = 0;
        model.TrainOnBatch(X, Y);
        Assert.Equal(before, model.Weights[0].Value.ToArray<float>());
    }

    [Fact]
    public void WritesALinePerEpochWhereNoBarCanBeDrawn()
    {
        var model = Model();
        var output = new StringWriter { NewLine = "\n" };
        model.Trainer.Output = output;
        model.Fit(X, Y, epochs: 2, verbose: 2);
        Assert.Matches(@"^Epoch 1/2\n1/1 - \d+s - \d+(s|ms|us)/step - loss: \d\.\d{4}\nEpoch 2/2\n1/1 - .*\n$", output.ToString());
    }

    [Fact]
    public void RefusesToFitBeforeItIsCompiled()
    {
        var refusal = Assert.Throws<TapestryException>(() => new Sequential([new Dense(1)], name: "raw").Fit(X, Y));
        Assert.Equal("Model 'raw'.Fit", refusal.Subject);
        Assert.Equal("the model is not compiled", refusal.Fault);
        Assert.Contains("Compile", refusal.Remedy);
    }

    [Fact]
    public void RefusesDifferentNumbersOfSamples()
    {
        var refusal = Assert.Throws<TapestryException>(() => Model().Fit(X, Ops.Ones([4, 1]), verbose: 0));
        Assert.Equal("Fit", refusal.Subject);
        Assert.Equal("the numbers of samples differ", refusal.Fault);
        Assert.Equal("x float32[5,2], y float32[4,1]", refusal.Received);
    }

    [Fact]
    public void RefusesAnEmptyDataSet()
    {
        var refusal = Assert.Throws<TapestryException>(() => Model().Fit(Ops.Ones([0, 2]), Ops.Ones([0, 1]), verbose: 0));
        Assert.Equal(("Fit", "the data set is empty", "at least one sample"), (refusal.Subject, refusal.Fault, refusal.Expected));
        refusal = Assert.Throws<TapestryException>(() => Model().Fit(Array.Empty<Batch>(), verbose: 0));
        Assert.Equal(("Fit", "the data set is empty"), (refusal.Subject, refusal.Fault));
    }

    [Fact]
    public void StopsAtALossThatIsNoNumber()
    {
        Tensor broken = new float[,] { { float.NaN, 1 }, { 1, 0 }, { 1, 1 }, { 0, 0 }, { 2, 1 } };
        var model = Model();
        model.Trainer.Output = TextWriter.Null;
        var history = model.Fit(broken, Y, batchSize: 5, epochs: 10, verbose: 0, callbacks: [new TerminateOnNaN()]);
        Assert.Single(history["loss"]);
        var refusal = Assert.Throws<TapestryException>(() => Model().Fit(broken, Y, verbose: 0, callbacks: [new TerminateOnNaN(raiseError: true)]));
        Assert.Equal(("TerminateOnNaN", "NaN", "a finite loss"), (refusal.Subject, refusal.Received, refusal.Expected));
        Assert.Contains("learning rate", refusal.Remedy);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void RefusesALabelOutsideTheClasses(bool runEagerly)
    {
        var model = new Sequential([new Input([2]), new Dense(3, activation: "softmax")]);
        model.Compile("sgd", "sparse_categorical_crossentropy", runEagerly: runEagerly);
        var refusal = Assert.Throws<TapestryException>(() => model.Fit(X, new[] { 0, 1, 2, 3, 0 }, verbose: 0, shuffle: false));
        Assert.Contains("outside the classes", refusal.Fault);
        Assert.Equal("3", refusal.Received);
        Assert.Contains("label < 3", refusal.Expected);
    }

    [Fact]
    public void RefusesUnknownNames()
    {
        var model = Model();
        var optimizer = Assert.Throws<TapestryException>(() => model.Compile("adamm", "mse"));
        Assert.Equal(("Optimizer", "\"adamm\""), (optimizer.Subject, optimizer.Received));
        Assert.Contains("\"adam\"", optimizer.Expected);
        Assert.Contains("\"mse\"", Assert.Throws<TapestryException>(() => model.Compile("sgd", "msee")).Expected);
        Assert.Contains("\"mae\"", Assert.Throws<TapestryException>(() => model.Compile("sgd", "mse", metrics: ["maee"])).Expected);
    }

    [Fact]
    public void NamesWhatIsWrongWithTheInput()
    {
        var refusal = Assert.Throws<TapestryException>(() => Model().Fit(Ops.Ones([5, 3]), Y, verbose: 0));
        Assert.Contains("float32[?,3]", refusal.Received);
    }
}
