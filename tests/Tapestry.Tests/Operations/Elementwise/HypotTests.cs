using Tapestry.Tests.Kernels.Simd;

namespace Tapestry.Tests.Operations.Elementwise;

/// <summary>Where the squares of the sides have no place in the dtype.</summary>
[Trait("Category", "Quick")]
public class HypotTests
{
    static readonly double[] Sides = [0, -0.0, 1, -3, 1e-45, 3e-40, 1e-38, -1e-20, 8e-19, 1e18, 1.2e18, -1e20, 2e38, 3.4e38, double.PositiveInfinity, double.NegativeInfinity, double.NaN];

    [Fact]
    public void SinglePrecisionIsRightOverItsWholeRange()
    {
        var sides = Sides.Select(side => (float)side).ToArray();
        var lengths = Ops.Hypot(Ops.Reshape(sides, [-1, 1]), sides).ToArray<float>();
        for (var i = 0; i < lengths.Length; i++)
        {
            var (x, y) = (sides[i / sides.Length], sides[i % sides.Length]);
            var exact = double.Hypot(x, y);
            Assert.True(exact == 0 ? lengths[i] == 0 : Reference.Units(lengths[i], exact) <= 2, $"hypot({x:G9}, {y:G9}) gave {lengths[i]:G9}, expected {exact:G17}");
        }
    }

    [Fact]
    public void DoublePrecisionIsRightOverItsWholeRange()
    {
        double[] sides = [.. Sides, 5e-324, 1e-310, 1e-200, 1e-145, 1e-144, 1e144, 1e145, -1e200, 1e308, double.MaxValue];
        var lengths = Ops.Hypot(Ops.Reshape(sides, [-1, 1]), sides).ToArray<double>();
        for (var i = 0; i < lengths.Length; i++)
        {
            var (x, y) = (sides[i / sides.Length], sides[i % sides.Length]);
            var exact = double.Hypot(x, y);
            Assert.True(exact == 0 ? lengths[i] == 0 : Reference.Units(lengths[i], exact) <= 2, $"hypot({x:G17}, {y:G17}) gave {lengths[i]:G17}, expected {exact:G17}");
        }
    }

    [Fact]
    public void GradientsStayFinite()
    {
        Tensor x = new[] { 0f, 3e30f, 3e-40f, 3f }, y = new[] { 0f, 4e30f, 4e-40f, -4f };
        using var tape = new GradientTape();
        tape.Watch(x);
        tape.Watch(y);
        var gradients = tape.Gradient(Ops.Hypot(x, y), [x, y]);
        foreach (var (expected, actual) in new[] { 0f, 0.6f, 0.6f, 0.6f }.Zip(gradients[0]!.ToArray<float>())) Assert.Equal(expected, actual, 1e-5f);
        foreach (var (expected, actual) in new[] { 0f, 0.8f, 0.8f, -0.8f }.Zip(gradients[1]!.ToArray<float>())) Assert.Equal(expected, actual, 1e-5f);
    }
}
