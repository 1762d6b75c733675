using Tapestry.Keras;
using Tapestry.Tests.Contracts;

namespace Tapestry.Tests.Keras.Initializers;

public class InitializerTests
{
    [Theory]
    [InlineData("zeros", typeof(Zeros))]
    [InlineData("one", typeof(Ones))]
    [InlineData("uniform", typeof(RandomUniform))]
    [InlineData("normal", typeof(RandomNormal))]
    [InlineData("glorot_uniform", typeof(GlorotUniform))]
    [InlineData("HeNormal", typeof(HeNormal))]
    [InlineData("orthogonal", typeof(Orthogonal))]
    [InlineData("identity", typeof(IdentityInitializer))]
    public void AStringStandsForAnInitializer(string name, Type type) => Assert.IsType(type, (Initializer)name);

    [Fact]
    public void AnUnknownNameIsRefusedWithTheKnownOnes()
    {
        var exception = Assert.Throws<TapestryException>(() => (Initializer)"xavier");
        Assert.Equal("\"xavier\"", exception.Received);
        Assert.Contains("\"glorot_uniform\"", exception.Expected);
    }

    [Fact]
    public void AnInitializerThatNeedsArgumentsHasNoName()
    {
        var exception = Assert.Throws<TapestryException>(() => (Initializer)"constant");
        Assert.Contains("'value'", exception.Fault);
    }

    [Fact]
    public void TheFansOfAConvolutionCountItsTaps()
    {
        var values = new GlorotUniform(seed: 7).Apply([3, 3, 4, 8]).ToArray<float>();
        var limit = Math.Sqrt(6.0 / (36 + 72));
        Assert.True(values.Max() < limit && values.Max() > 0.9 * limit);
        Assert.True(values.Min() >= -limit && values.Min() < -0.9 * limit);
    }

    [Fact]
    public void OneInstanceRepeatsItself()
    {
        var initializer = new HeNormal();
        Assert.Equal(initializer.Apply([4, 5]).ToArray<float>(), initializer.Apply([4, 5]).ToArray<float>());
        Assert.NotEqual(initializer.Apply([4, 5]).ToArray<float>(), new HeNormal().Apply([4, 5]).ToArray<float>());
    }

    [Theory]
    [InlineData(5, 3)]
    [InlineData(3, 5)]
    public void OrthogonalVectorsAreOrthonormal(int rows, int columns)
    {
        var q = (float[,])new Orthogonal(gain: 2, seed: 3).Apply([rows, columns]).ToArray();
        var count = Math.Min(rows, columns);
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < count; j++)
            {
                var sum = 0.0;
                for (var k = 0; k < Math.Max(rows, columns); k++) sum += rows >= columns ? q[k, i] * (double)q[k, j] : q[i, k] * (double)q[j, k];
                Assert.Equal(i == j ? 4 : 0, sum, 1e-5);
            }
        }
    }

    [Fact]
    public void ConfigurationsCarryKerasNames()
    {
        var config = new VarianceScaling(2.5, FanMode.FanAvg, ScalingDistribution.UntruncatedNormal, seed: 4).GetConfig();
        Assert.Equal(["distribution", "input_axes", "mode", "output_axes", "scale", "seed"], config.Keys.Order());
        Assert.Equal("fan_avg", config["mode"]);
        Assert.Equal("untruncated_normal", config["distribution"]);
        Assert.Equal(4L, config["seed"]);
    }

    [Fact]
    public void BadArgumentsAreRefused()
    {
        foreach (var refusal in Refusal.Each("VarianceScaling.Scale", "above 0", scale => new VarianceScaling(scale), 0, -1, double.NaN)) refusal.Check();
    }
}
