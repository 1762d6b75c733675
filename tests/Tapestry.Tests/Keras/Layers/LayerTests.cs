using Tapestry.Keras;
using Tapestry.Keras.Configuration;
using Tapestry.Keras.Layers;

namespace Tapestry.Tests.Keras.Layers;

[Trait("Category", "Quick")]
public class LayerTests
{
    sealed class Scale : Layer
    {
        Variable? factor;

        protected override void Build(Shape inputShape)
        {
            factor = AddWeight("factor", [inputShape[^1]], initializer: "ones");
            AddWeight("count", [], initializer: "zeros", trainable: false);
            AddWeight("shift", [inputShape[^1]], initializer: "zeros");
        }

        protected override Tensor Call(Tensor x, CallContext context)
        {
            AddLoss(factor! * factor!);
            return context.Training ? x * factor! : x;
        }
    }

    sealed class Tower : Layer
    {
        readonly Dictionary<string, Layer> byName = new() { ["b"] = new Dense(1), ["a"] = new Dense(2) };
        readonly List<Layer> list = [new Dense(3), new Scale()];
        readonly (Layer, int) pair = (new Dense(4), 7);
        readonly Variable own = new(1f, name: "own");

        protected override Tensor Call(Tensor x, CallContext context)
        {
            foreach (var layer in byName.Values.Concat(list).Append(pair.Item1)) x = layer.Apply(x);
            return x * own;
        }
    }

    sealed class Careless : Layer
    {
        protected override Tensor Call(Tensor x, CallContext context) => x * new Variable(2f, name: "lost");
    }

    sealed class Late : Layer
    {
        protected override Tensor Call(Tensor x, CallContext context) => x * AddWeight("late", []);
    }

    sealed class Empty : Layer;

    [Fact]
    public void FieldsInContainersAreTrackedInTheirOrder()
    {
        var tower = new Tower();
        tower.Apply(Ops.Ones([1, 2]));
        Assert.Equal(["own", "kernel", "bias", "kernel", "bias", "kernel", "bias", "factor", "shift", "count", "kernel", "bias"], tower.Weights.Select(weight => weight.Name));
        Assert.Equal([1, 2, 3, 4], tower.Submodules.OfType<Dense>().Select(dense => dense.Units));
        Assert.Equal(11, tower.TrainableWeights.Count);
    }

    [Fact]
    public void TrainingTravelsToTheLayersInside()
    {
        var scale = new Scale();
        var model = new Sequential([scale]);
        model.Apply(Ops.Ones([1, 2]));
        scale.SetWeights([new float[] { 3, 3 }, new float[] { 0, 0 }, 0f]);
        Assert.Equal([1f, 1], model.Apply(Ops.Ones([1, 2])).ToArray<float>());
        Assert.Equal([3f, 3], model.Apply(Ops.Ones([1, 2]), training: true).ToArray<float>());
    }

    [Fact]
    public void LossesAreThoseOfTheLastCall()
    {
        var scale = new Scale();
        scale.Apply(Ops.Ones([1, 2]));
        scale.Apply(Ops.Ones([1, 2]));
        Assert.Single(scale.Losses);
        var model = new Sequential([scale]);
        model.Apply(Ops.Ones([1, 2]));
        Assert.Equal([1f, 1], Assert.Single(model.Losses).ToArray<float>());
    }

    [Fact]
    public void AVariableThatNoFieldHoldsIsReported()
    {
        var heard = new List<string>();
        var before = Warning.Listener;
        Warning.Listener = heard.Add;
        try
        {
            new Careless().Apply(Ops.Ones([2]));
        }
        finally
        {
            Warning.Listener = before;
        }

        Assert.Contains(heard, text => text.Contains("'lost'", StringComparison.Ordinal) && text.Contains("careless", StringComparison.Ordinal));
    }

    [Fact]
    public void MistakesOfAuthorsAreNamed()
    {
        Assert.Contains("'late'", Assert.Throws<TapestryException>(() => new Late().Apply(Ops.Ones([2]))).Message);
        Assert.Contains("Override Call", Assert.Throws<TapestryException>(() => new Empty().Apply(Ops.Ones([2]))).Message);
        Assert.Contains("slash", Assert.Throws<TapestryException>(() => new Dense(1, name: "a/b")).Message);
        Assert.Contains("unknown dimension", Assert.Throws<TapestryException>(() => new Dense(1).BuildFrom([null, null])).Message);
        var dense = new Dense(2);
        dense.BuildFrom([null, 3]);
        Assert.Contains("kernel", Assert.Throws<TapestryException>(() => dense.SetWeights([Ops.Ones([1])])).Message);
        Assert.Contains("(3, 2)", Assert.Throws<TapestryException>(() => dense.SetWeights([Ops.Ones([2, 3]), Ops.Ones([2])])).Message);
    }

    sealed class Shifted : Layer
    {
        protected override Tensor Call(Tensor x, CallContext context) => context.Option("twice", false) ? x + context["shift"]! + context["shift"]! : x + context["shift"]!;
    }

    [Fact]
    public void FurtherArgumentsAreNamed()
    {
        var layer = new Shifted();
        var arguments = new Dictionary<string, Nest> { ["shift"] = Ops.Ones([2]) };
        Assert.Equal([2f, 2], layer.Apply(Nest.Of(Ops.Ones([2])), arguments: arguments).Single().ToArray<float>());
        arguments["twice"] = Nest.Of(true);
        Assert.Equal([3f, 3], layer.Apply(Nest.Of(Ops.Ones([2])), arguments: arguments).Single().ToArray<float>());
        var x = new Input([2]);
        var y = new Input([2]);
        var model = new Model([x, y], layer.Apply(Nest.Of(x), arguments: new Dictionary<string, Nest> { ["shift"] = y * 2 }));
        Assert.Equal([3f, 3], model.Apply([Ops.Ones([1, 2]), Ops.Ones([1, 2])]).Single().ToArray<float>());
        arguments["typo"] = Ops.Ones([2]);
        Assert.Contains("'typo'", Assert.Throws<TapestryException>(() => layer.Apply(Nest.Of(Ops.Ones([2])), arguments: arguments)).Message);
    }

    [Fact]
    public void ALayerMayCallAFunctionAndAFunctionALayer()
    {
        var dense = new Dense(2, kernelInitializer: "ones");
        var compiled = Function.Of((Tensor x) => dense.Apply(x));
        Assert.Equal([3f, 3], compiled.Apply(Ops.Ones([1, 3])).ToArray<float>());
        var input = new Input([3]);
        var model = new Model(input, compiled.Apply(input));
        Assert.Equal([3f, 3], model.Apply(Ops.Ones([1, 3])).ToArray<float>());
    }

    [Fact]
    public void FloatingPointInputsTakeTheDTypeOfTheLayer()
    {
        var dense = new Dense(1) { DType = DType.Float64 };
        Assert.Equal(DType.Float64, dense.Apply(Ops.Ones([1, 2])).DType);
        Assert.Equal(DType.Float64, dense.Weights[0].DType);
    }

    [Fact]
    public void ConfigurationsOfModelsMakeThemAgain()
    {
        var x = new Input([3], name: "x");
        var shared = new Dense(3, name: "shared");
        var inner = new Model(x, shared.Apply(shared.Apply(x)), name: "inner");
        var outer = new Input([3], name: "outer");
        var first = inner.Apply(outer);
        var model = new Model(outer, [first, new Tapestry.Keras.Layers.Add().Apply([first, outer])], name: "whole");
        var stack = new Sequential([model.GetLayer("inner"), new Dense(2)], name: "stack");
        stack.Apply(Ops.Ones([4, 3]));
        foreach (var original in (Model[])[model, stack])
        {
            var copy = (Model)Layer.FromConfig(original.ClassName, original.GetConfig());
            copy.SetWeights(original.GetWeights());
            Assert.Equal(original.Apply([Ops.Ones([2, 3])]).Flatten().SelectMany(output => output.ToArray<float>()), copy.Apply([Ops.Ones([2, 3])]).Flatten().SelectMany(output => output.ToArray<float>()));
            Assert.Equal(original.Layers.Select(layer => layer.Name), copy.Layers.Select(layer => layer.Name));
        }
    }
}
