using Tapestry.Keras;
using Tapestry.Keras.Layers;
using Tapestry.Keras.Losses;
using Tapestry.Tests.Contracts;

namespace Tapestry.Tests;

/// <summary>What users read when something does not fit: who complains, what was received, what was expected, what to do.</summary>
[Trait("Category", "Quick")]
public class MessageTests
{
    static readonly Tensor X = Ops.Ones([5, 2]);
    static readonly Tensor Y = Ops.Ones([5, 1]);
    static readonly Tensor Texts = Ops.Constant(new[] { "a", "b" });

    static readonly Dictionary<string, (Action Mistake, string Subject, string Received, string Expected)> Mistakes = new()
    {
        ["op, rank"] = (() => Ops.Conv2D(Ops.Ones([2, 3]), Ops.Ones([3, 3, 1, 1])), "Conv2D", "[2,3]", "4"),
        ["op, shape"] = (() => Ops.MatMul(Ops.Ones([2, 3]), Ops.Ones([4, 5])), "MatMul", "float32[2,3], float32[4,5]", "a[-1] == b[-2]"),
        ["op, broadcast"] = (() => _ = Ops.Ones([2, 3]) + Ops.Ones([4]), "Add", "float32[2,3], float32[4]", "equal or 1"),
        ["op, dtype"] = (() => Ops.Sin(Texts), "Sin", "string[2]", "numeric"),
        ["op, dtypes"] = (() => Ops.Add(X, Ops.Reshape(Texts, [2, 1])), "Add", "string[2,1]", "numeric"),
        ["op, axis"] = (() => Ops.Sum(Ops.Ones([2, 3]), 2), "Sum", "float32[2,3]", "-2 to 1"),
        ["op, dtypes of a choice"] = (() => WhereOp.Instance.Apply(Ops.Constant(true), Ops.Ones([2]), (Tensor)new[] { 1, 2 }), "Where", "int32[2]", "equal dtypes"),
        ["layer, rank"] = (() => new Dense(2, name: "head").Apply(Ops.Ones([4])), "head", "float32[4]", "at least 2 dimensions"),
        ["layer, shape"] = (() => Built(new Dense(2, name: "head")).Apply(Ops.Ones([1, 4])), "head", "float32[1,4]", "3 along axis -1"),
        ["layer, dtype"] = (() => new Dense(2, name: "head").Apply(Ops.Reshape(Texts, [1, 2])), "head", "string", "numeric"),
        ["fit, rank"] = (() => Model().Fit(Ops.Ones([5, 2, 2]), Y, verbose: 0), "model", "float32[?,2,2]", "(None, 2)"),
        ["fit, shape"] = (() => Model().Fit(Ops.Ones([5, 3]), Y, verbose: 0), "model", "float32[?,3]", "(None, 2)"),
        ["fit, dtype"] = (() => Model().Fit(Ops.Constant(new[,] { { "a", "b" }, { "c", "d" } }), Ops.Ones([2, 1]), verbose: 0), "model", "string[?,2]", "float32"),
        ["fit, targets"] = (() => Classifier("categorical_crossentropy").Fit(X, Ops.Ones([5, 4]), verbose: 0), "CategoricalCrossentropy", "[?,4]", "shape of the predictions"),
        ["fit, lengths"] = (() => Model().Fit(X, Ops.Ones([4, 1]), verbose: 0), "Fit", "x float32[5,2], y float32[4,1]", "same length"),
        ["fit, lengths of weights"] = (() => Model().Fit(X, Y, verbose: 0, sampleWeight: Ops.Ones([4])), "Fit", "float32[4]", "same length"),
        ["dataset, lengths"] = (() => Dataset.FromTensorSlices((X, Ops.Ones([4, 1]))), "FromTensorSlices", "float32[4,1]", "equal first dimensions"),
        ["evaluate, lengths"] = (() => Model().Evaluate(X, Ops.Ones([4, 1]), verbose: 0), "Evaluate", "y float32[4,1]", "same length"),
        ["evaluate, empty"] = (() => Model().Evaluate(Ops.Ones([0, 2]), Ops.Ones([0, 1]), verbose: 0), "Evaluate", "x float32[0,2]", "at least one sample"),
        ["predict, empty"] = (() => Model().Predict(Ops.Ones([0, 2]), verbose: 0), "Predict", "x float32[0,2]", "at least one sample"),
        ["validation, lengths"] = (() => Model().Fit(X, Y, verbose: 0, validationData: new Batch(X, Ops.Ones([4, 1]))), "Fit", "y float32[4,1]", "same length"),
        ["fit, empty"] = (() => Model().Fit(Ops.Ones([0, 2]), Ops.Ones([0, 1]), verbose: 0), "Fit", "x float32[0,2]", "at least one sample"),
        ["fit, no batch"] = (() => Model().Fit(Array.Empty<Batch>(), verbose: 0), "Fit", "no batch", "at least one batch"),
        ["fit, not compiled"] = (() => new Sequential([new Dense(1)], name: "model").Fit(X, Y, verbose: 0), "Model 'model'.Fit", "without an optimizer", "a compiled model"),
        ["fit, loss is no number"] = (() => Model().Fit(X * float.NaN, Y, verbose: 0, callbacks: [new TerminateOnNaN(raiseError: true)]), "TerminateOnNaN", "NaN", "a finite loss"),
        ["fit, label"] = (() => Classifier("sparse_categorical_crossentropy").Fit(X, new[] { 0, 1, 2, 3, 0 }, verbose: 0, shuffle: false), "SparseSoftmaxCrossEntropy", "3", "label < 3"),
        ["loss, label"] = (() => new SparseCategoricalCrossentropy(fromLogits: true).Apply(new[] { 0, -1 }, Ops.Ones([2, 3])), "SparseSoftmaxCrossEntropy", "-1", "label < 3"),
        ["names of inputs"] = (() => TwoInputs().Apply(new() { ["left"] = X, ["wrong"] = X }), "two", "\"wrong\"", "\"right\""),
        ["number of inputs"] = (() => TwoInputs().Apply([X]), "two", "1", "2"),
        ["layer before it is built"] = (() => new Dense(2, name: "head").CountParams(), "head", "without weights", "a built layer"),
        ["weight before it is built"] = (() => _ = new Dense(2, name: "head").Kernel, "head", "without weights", "a built layer"),
        ["summary before it is built"] = (() => new Sequential([new Dense(1)], name: "model").CountParams(), "model", "without weights", "a built layer"),
        ["broken link"] = (() => Disconnected(), "functional", "left", "'right'"),
        ["gradient of something not on the tape"] = (() => OffTheTape(), "SGD.Apply", "kernel", "at least one gradient"),
        ["tape, used up"] = (() => UsedUp(), "GradientTape", "a second request", "persistent"),
        ["variable, shape"] = (() => new Variable(Ops.Ones([2]), name: "kernel").Assign(Ops.Ones([3])), "Variable 'kernel'.Assign", "float32[3]", "float32[2]"),
        ["symbolic value"] = (() => Function.Of((Tensor x) => Ops.Constant((float)x)).Apply(Ops.Constant(1f)), "", "float32[]", "value"),
        ["function signature"] = (() => Function.Of((Tensor x) => x, new FunctionOptions { Name = "step", InputSignature = [new TensorSpec([null, 2], DType.Float32)] }).Apply(Ops.Ones([5, 3])), "step", "float32[5,3]", "float32[?,2]"),
    };

    public static TheoryData<string> Names => [.. Mistakes.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void SaysWhatIsWrongAndWhatToDo(string name)
    {
        var (mistake, subject, received, expected) = Mistakes[name];
        new Refusal(mistake, subject, received, expected).Check();
    }

    static Dense Built(Dense dense)
    {
        dense.BuildFrom([null, 3]);
        return dense;
    }

    static Sequential Model()
    {
        var model = new Sequential([new Input([2]), new Dense(1)], name: "model");
        model.Compile("sgd", "mse");
        model.Trainer.Output = TextWriter.Null;
        return model;
    }

    static Sequential Classifier(string loss)
    {
        var model = new Sequential([new Input([2]), new Dense(3, activation: "softmax")]);
        model.Compile("sgd", loss);
        return model;
    }

    static Model TwoInputs()
    {
        var (left, right) = (new Input([2], name: "left"), new Input([2], name: "right"));
        return new Model([left, right], left + right, name: "two");
    }

    static void Disconnected()
    {
        var (left, right) = (new Input([2], name: "left"), new Input([2], name: "right"));
        _ = new Model(left, left + right);
    }

    static void OffTheTape()
    {
        var v = new Variable(1f, name: "kernel");
        var outside = v * v;
        using var tape = new GradientTape();
        new SGD().Apply([tape.Gradient(outside, v)], [v]);
    }

    static void UsedUp()
    {
        var v = new Variable(1f);
        using var tape = new GradientTape();
        var y = v * v;
        tape.Gradient(y, v);
        tape.Gradient(y, v);
    }
}
