using Tapestry.Keras;

namespace Tapestry.Tests.Keras.Optimizers;

[Trait("Category", "Quick")]
public class OptimizerTests
{
    [Fact]
    public void ChangesVariablesAlongTheirGradients()
    {
        var v = new Variable(new float[] { 1, 2 });
        new SGD(0.1).Apply([new float[] { 1, -1 }], [v]);
        Assert.Equal([0.9f, 2.1f], v.Value.ToArray<float>());
    }

    [Fact]
    public void LeavesSnapshotsAlone()
    {
        var v = new Variable(new float[] { 1, 2 });
        var before = v.Value;
        var step = Function.Of((Tensor g) =>
        {
            optimizer.Apply([g], [v]);
            return g;
        });
        step.Apply(new float[] { 1, 1 });
        step.Apply(new float[] { 1, 1 });
        Assert.Equal([1f, 2f], before.ToArray<float>());
        Assert.NotEqual(before.ToArray<float>(), v.Value.ToArray<float>());
    }

    readonly Adam optimizer = new();

    [Fact]
    public void FollowsASchedule()
    {
        var sgd = new SGD(new PiecewiseConstantDecay([1], [1.0, 0.5]));
        var v = new Variable(0f);
        Tensor one = Ops.Constant(1f);
        sgd.Apply([one], [v]);
        sgd.Apply([one], [v]);
        sgd.Apply([one], [v]);
        Assert.Equal(-2.5f, (float)v.Value);
        var refusal = Assert.Throws<TapestryException>(() => sgd.LearningRate = 0.1);
        Assert.Equal("SGD.LearningRate", refusal.Subject);
    }

    [Fact]
    public void TakesOnlyOneKindOfClipping()
    {
        var refusal = Assert.Throws<TapestryException>(() => new SGD { Clipnorm = 1, Clipvalue = 1 });
        Assert.Equal("Optimizer.Clipvalue", refusal.Subject);
        Assert.Contains("Clipnorm", refusal.Expected);
    }

    [Fact]
    public void RefusesAGradientOfAnotherShape()
    {
        var refusal = Assert.Throws<TapestryException>(() => new SGD().Apply([Ops.Ones([3])], [new Variable(Ops.Ones([2]))]));
        Assert.Contains("gradient does not fit", refusal.Fault);
        Assert.Contains("float32[3]", refusal.Received);
    }

    [Fact]
    public void StepsInNarrowDtypesToo()
    {
        foreach (var dtype in new[] { DType.Float16, DType.BFloat16 })
        {
            var v = new Variable(Ops.Ones([37], dtype));
            var adam = new Adam(0.25);
            for (var i = 0; i < 3; i++) adam.Apply([Ops.Ones([37], dtype)], [v]);
            Assert.All(Ops.Cast(v.Value, DType.Float32).ToArray<float>(), value => Assert.Equal(0.25f, value, 0.02f));
        }
    }

    [Fact]
    public void SparesVariablesFromDecay()
    {
        var (kernel, bias) = (new Variable(Ops.Ones([2]), name: "kernel"), new Variable(Ops.Ones([2]), name: "bias"));
        var sgd = new SGD(0.5) { WeightDecay = 0.5 };
        sgd.ExcludeFromWeightDecay(names: ["bias"]);
        sgd.Apply([Ops.Zeros([2]), Ops.Zeros([2])], [kernel, bias]);
        Assert.Equal([0.75f, 0.75f], kernel.Value.ToArray<float>());
        Assert.Equal([1f, 1f], bias.Value.ToArray<float>());
    }
}
