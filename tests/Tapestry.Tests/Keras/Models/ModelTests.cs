using Tapestry.Keras;
using Tapestry.Keras.Layers;

namespace Tapestry.Tests.Keras.Models;

[Trait("Category", "Quick")]
public class ModelTests
{
    sealed class MlpBlock(int units = 32) : Layer
    {
        readonly Dense first = new(units, activation: "linear");
        readonly Dense second = new(units, activation: "linear");
        readonly Dense last = new(1);

        protected override Tensor Call(Tensor x, CallContext context) => last.Apply(second.Apply(first.Apply(x)));
    }

    [Fact]
    public void FieldsOfALayerAreItsWeights()
    {
        var block = new MlpBlock();
        var y = block.Apply(Ops.Ones([3, 64]));
        Assert.Equal([3, 1], y.Shape.ToArray());
        Assert.Equal(6, block.Weights.Count);
        Assert.Equal(6, block.TrainableWeights.Count);
        Assert.Equal(["kernel", "bias", "kernel", "bias", "kernel", "bias"], block.Weights.Select(weight => weight.Name));
        Assert.Equal((64 * 32) + 32 + (32 * 32) + 32 + 32 + 1, block.CountParams());
        Assert.StartsWith($"{block.Name}/dense", block.Weights[0].Path, StringComparison.Ordinal);
    }

    [Fact]
    public void AFunctionalModelTakesOperatorsAndNames()
    {
        var left = new Input([5], name: "left");
        var right = new Input([5], name: "right");
        var merged = left + right;
        var model = new Model(inputs: [left, right], outputs: new MlpBlock().Apply(merged));
        Tensor a = Ops.Ones([2, 5]), b = Ops.Ones([2, 5]);
        Tensor y = model.Apply(new() { ["left"] = a, ["right"] = b });
        Assert.Equal([2, 1], y.Shape.ToArray());
        Tensor z = model.Apply([a, b]);
        Assert.Equal(y.ToArray<float>(), z.ToArray<float>());

        // Whole numbers are converted, and one more or less dimension of size 1 does not matter.
        Tensor w = model.Apply(new() { ["left"] = new[,] { { 1, 1, 1, 1, 1 }, { 1, 1, 1, 1, 1 } }, ["right"] = Ops.Ones([2, 5, 1]), ["more"] = a });
        Assert.Equal(y.ToArray<float>(), w.ToArray<float>());
        Assert.Equal([left.Name, right.Name], model.Layers.Take(2).Select(layer => layer.Name));
        Assert.Equal(6, model.TrainableVariables.Count);
    }

    [Fact]
    public void AFunctionalModelNamesWhatIsMissing()
    {
        var left = new Input([5], name: "left");
        var right = new Input([5], name: "right");
        var sum = new Dense(2, name: "head").Apply(left + right);
        var broken = Assert.Throws<TapestryException>(() => new Model(left, sum));
        Assert.Contains("graph disconnected", broken.Message);
        Assert.Contains("'right'", broken.Message);
        var model = new Model([left, right], sum);
        var absent = Assert.Throws<TapestryException>(() => model.Apply(new() { ["left"] = Ops.Ones([2, 5]), ["wrong"] = Ops.Ones([2, 5]) }));
        Assert.Contains("\"right\"", absent.Message);
        var shape = Assert.Throws<TapestryException>(() => model.Apply([Ops.Ones([2, 4]), Ops.Ones([2, 5])]));
        Assert.Contains("\"left\"", shape.Message);
        Assert.Throws<TapestryException>(() => model.Apply([Ops.Ones([2, 5])]));
        Assert.Throws<TapestryException>(() => new Model(left, Ops.Ones([2])));
    }

    [Fact]
    public void TheTapeAndTheFunctionSeeThroughModels()
    {
        var x = new Input([3]);
        var dense = new Dense(2, kernelInitializer: "ones");
        var model = new Model(x, dense.Apply(x));
        Tensor data = new float[,] { { 1, 2, 3 }, { 4, 5, 6 } };
        using (var tape = new GradientTape())
        {
            var y = model.Apply(data, training: true);
            var gradients = tape.Gradient(y, model.TrainableVariables);
            Assert.Equal([5f, 5, 7, 7, 9, 9], gradients[0]!.ToArray<float>());
            Assert.Equal([2f, 2], gradients[1]!.ToArray<float>());
        }

        var compiled = Function.Of((Tensor v) => model.Apply(v));
        Assert.Equal(model.Apply(data).ToArray<float>(), compiled.Apply(data).ToArray<float>());
        dense.Bias!.Assign(new float[] { 1, 2 });
        Assert.Equal([7f, 8, 16, 17], compiled.Apply(data).ToArray<float>());
    }

    [Fact]
    public void ASequentialModelIsBuiltAtTheFirstCallOrByItsInput()
    {
        KerasSession.Clear();
        var model = new Sequential([new Dense(4), new Dense(2)]);
        Assert.Empty(model.Weights);
        Assert.Equal("sequential", model.Name);
        Assert.Contains("BuildFrom", Assert.Throws<TapestryException>(() => model.CountParams()).Message);
        Assert.Equal([7, 2], model.Apply(Ops.Ones([7, 3])).Shape.ToArray());
        Assert.Equal([1, 2], model.Apply(Ops.Ones([1, 3])).Shape.ToArray());
        Assert.Equal(["sequential/dense/kernel", "sequential/dense/bias", "sequential/dense_1/kernel", "sequential/dense_1/bias"], model.Weights.Select(weight => weight.Path));

        var early = new Sequential([new Input([3])]);
        early.Add(new Dense(4));
        Assert.Equal(2, early.Weights.Count);
        early.Add(new Dense(1));
        Assert.Equal(4, early.Weights.Count);
        Assert.Equal([null, 1], early.Outputs[0].Shape);
        early.Pop();
        Assert.Equal([null, 4], early.Outputs[0].Shape);
    }

    [Fact]
    public void SharedLayersNestedModelsAndSeveralOutputs()
    {
        var shared = new Dense(3, name: "shared");
        var x = new Input([3], name: "x");
        var inner = new Model(x, shared.Apply(shared.Apply(x)), name: "inner");
        var outer = new Input([3], name: "outer");
        var first = inner.Apply(outer);
        var second = first * 2;
        var model = new Model(outer, [first, second]);
        Assert.Equal(2, model.Weights.Count);
        var outputs = model.Apply([Ops.Ones([2, 3])]);
        Assert.Equal(2, outputs.Count);
        Tensor doubled = outputs[1];
        Assert.Equal(outputs[0].Single().ToArray<float>().Select(value => value * 2), doubled.ToArray<float>());
        Assert.Contains("Apply([x])", Assert.Throws<TapestryException>(() => model.Apply(Ops.Ones([2, 3]))).Message);

        // The midst of one model is the input of another.
        var part = new Model(first, second);
        Assert.Equal([2f, 2, 2], part.Apply(Ops.Ones([1, 3])).ToArray<float>());
    }

    [Fact]
    public void FreezingReachesAllWeightsBelow()
    {
        var block = new MlpBlock { Trainable = false };
        block.Apply(Ops.Ones([1, 2]));
        Assert.Empty(block.TrainableWeights);
        Assert.Equal(6, block.NonTrainableWeights.Count);
        block.Trainable = true;
        Assert.Equal(6, block.TrainableWeights.Count);
        Assert.Empty(block.NonTrainableWeights);
    }

    [Fact]
    public void ErrorsNameTheLayersThatWereCalled()
    {
        var model = new Sequential([new Dense(2, name: "first")], name: "stack");
        model.Apply(Ops.Ones([1, 2]));
        var error = Assert.Throws<TapestryException>(() => new Sequential([model, new Dense(1, name: "no")], name: "outer").Apply(Ops.Ones([1, 3])));
        Assert.Equal(["outer", "stack"], error.LayerPath);
    }

    [Fact]
    public void AUnitLayerReportsWhatItExpects()
    {
        Assert.Contains("units", Assert.Throws<TapestryException>(() => new Dense(0)).Message);
        var dense = new Dense(2);
        dense.BuildFrom([null, 3]);
        Assert.Contains("3 along axis -1", Assert.Throws<TapestryException>(() => dense.Apply(Ops.Ones([1, 4]))).Message);
        Assert.Equal([null, null, 2], dense.ComputeOutputShape([null, null, 3]));
        Assert.Throws<TapestryException>(() => new Dense(2).Apply(Ops.Ones([4])));
    }
}
