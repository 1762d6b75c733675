using Tapestry.Keras.Layers;

namespace Tapestry.Tests.Keras.Layers.Regularization;

[Trait("Category", "Quick")]
public class DropoutTests
{
    [Fact]
    public void EachCallDrawsANewPatternAlsoWhenCompiled()
    {
        var dropout = new Dropout(0.5, seed: 7);
        var compiled = Function.Of((Tensor x) => dropout.Apply(x, training: true));
        var x = Ops.Ones([1000]);
        var first = compiled.Apply(x).ToArray<float>();
        var second = compiled.Apply(x).ToArray<float>();
        Assert.NotEqual(first, second);
        Assert.All(first, value => Assert.True(value is 0 or 2));
        Assert.InRange(first.Count(value => value == 0), 400, 600);

        // The same seed gives the same patterns, compiled or not.
        var again = new Dropout(0.5, seed: 7);
        Assert.Equal(first, again.Apply(x, training: true).ToArray<float>());
        Assert.Equal(second, again.Apply(x, training: true).ToArray<float>());
        Assert.Same(x, again.Apply(x));
        Assert.Empty(dropout.Weights);
        Assert.Single(dropout.Variables);
    }

    [Fact]
    public void APatternMayBeTheSameAlongAnAxis()
    {
        var y = new Dropout(0.5, noiseShape: [null, 1, null], seed: 3).Apply(Ops.Ones([8, 5, 4]), training: true);
        var values = y.ToArray<float>();
        for (var i = 0; i < 8; i++)
        {
            for (var j = 0; j < 5; j++) Assert.Equal(values[(i * 20)..((i * 20) + 4)], values[((i * 20) + (j * 4))..((i * 20) + (j * 4) + 4)]);
        }

        Assert.Throws<TapestryException>(() => new Dropout(1.5));
        Assert.Throws<TapestryException>(() => new Dropout(0.5, noiseShape: [3]).Apply(Ops.Ones([2, 2]), training: true));
    }
}
