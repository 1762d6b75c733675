using Tapestry.Keras;
using Tapestry.Keras.Layers;

namespace Tapestry.Tests.Keras.Layers.Regularization;

/// <summary>The noise itself: the contract calls layers outside of training, where there is none.</summary>
[Trait("Category", "Quick")]
public class GaussianNoiseTests
{
    [Fact]
    public void EachCallDrawsNewNoiseAlsoWhenCompiled()
    {
        var layer = new GaussianNoise(0.5, seed: 7);
        var compiled = Function.Of((Tensor x) => layer.Apply(x, training: true));
        var x = Ops.Fill([50, 200], 3f);
        var first = compiled.Apply(x).ToArray<float>();
        var second = compiled.Apply(x).ToArray<float>();
        Assert.NotEqual(first, second);

        // Five standard deviations of the mean and of the standard deviation of 10,000 normal numbers.
        var noise = first.Select(value => value - 3.0).ToArray();
        Assert.InRange(noise.Average(), -0.025, 0.025);
        Assert.InRange(Math.Sqrt(noise.Average(value => value * value)), 0.482, 0.518);
        Assert.InRange(noise.Count(value => Math.Abs(value) > 1), 300, 600);

        // The same seed gives the same noise, compiled or not.
        var again = new GaussianNoise(0.5, seed: 7);
        Assert.Equal(first, again.Apply(x, training: true).ToArray<float>());
        Assert.Equal(second, again.Apply(x, training: true).ToArray<float>());
        Assert.Same(x, again.Apply(x));
        Assert.Empty(layer.Weights);
        Assert.Single(layer.Variables);
    }

    [Fact]
    public void TheGradientPassesUnchanged()
    {
        var x = new Variable(Ops.Ones([3, 4]));
        using var tape = new GradientTape();
        var loss = Ops.Sum(new GaussianNoise(0.5).Apply(x, training: true) * 2);
        Assert.Equal(Enumerable.Repeat(2f, 12), tape.Gradient(loss, x)!.ToArray<float>());
    }

    [Fact]
    public void FitAddsNoiseAndPredictDoesNot()
    {
        var seen = new List<float[]>();
        Assert.Equal(0, Trained(stddev: 0));
        Assert.True(Trained(stddev: 1) > 0.1);
        Assert.Equal(Trained(stddev: 1), Trained(stddev: 1, runEagerly: true), 1e-5);

        // The loss of passing zeros on, which is nothing but the noise. The last batch is smaller.
        static double Trained(double stddev, bool runEagerly = false)
        {
            var input = new Input([6]);
            var model = new Model(input, new GaussianNoise(stddev, seed: 3).Apply(new Dense(6, kernelInitializer: "identity").Apply(input)));
            model.Compile(new SGD(0), "mse", runEagerly: runEagerly);
            var x = Ops.Zeros([40, 6]);
            var history = model.Fit(x, x, batchSize: 16, epochs: 1, verbose: 0);
            Assert.All(((Tensor)model.Predict(x, verbose: 0)).ToArray<float>(), value => Assert.Equal(0, value));
            return history["loss"][0];
        }
    }

    [Fact]
    public void AModelIsMadeAgainWithItsNoise()
    {
        var model = new Sequential([new Input([4]), new GaussianNoise(0.25, seed: 11)]);
        var copy = (Model)Layer.FromConfig("Sequential", model.GetConfig());
        var x = Ops.Ones([8, 4]);
        Assert.Equal(model.Apply(x, training: true).ToArray<float>(), copy.Apply(x, training: true).ToArray<float>());
        var layer = Assert.IsType<GaussianNoise>(Assert.Single(copy.Layers));
        Assert.Equal((0.25, 11), (layer.Stddev, layer.Seed));
    }

    [Fact]
    public void TheStandardDeviationLiesBetweenZeroAndOne()
    {
        foreach (var wrong in new[] { -1e-9, 1 + 1e-9, double.NaN, double.PositiveInfinity }) Assert.Throws<TapestryException>(() => new GaussianNoise(wrong));
        var x = Ops.Ones([2, 2]);
        var none = new GaussianNoise(0);
        Assert.Same(x, none.Apply(x, training: true));
        Assert.Empty(none.Variables);
        Assert.NotEqual(x.ToArray<float>(), new GaussianNoise(1).Apply(x, training: true).ToArray<float>());
    }
}
