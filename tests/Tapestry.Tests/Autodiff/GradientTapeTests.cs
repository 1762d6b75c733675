namespace Tapestry.Tests.Autodiff;

public class GradientTapeTests
{
    [Fact]
    public void GradientOfASquare()
    {
        Tensor x = new float[] { 1, 2, 3 };
        using var tape = new GradientTape();
        tape.Watch(x);
        var y = x * x + 2f * x;
        Assert.Equal([4f, 6f, 8f], tape.Gradient(y, x)!.ToArray<float>());
    }

    [Fact]
    public void HigherOrdersComeFromNesting()
    {
        var x = Ops.Constant(3f);
        using var outer = new GradientTape();
        outer.Watch(x);
        Tensor first;
        using (var inner = new GradientTape())
        {
            inner.Watch(x);
            first = inner.Gradient(x * x * x, x)!;
        }

        Assert.Equal(27f, (float)first);
        Assert.Equal(18f, (float)outer.Gradient(first, x)!);
    }

    [Fact]
    public void BroadcastingIsUndone()
    {
        var v = new Variable(new float[,] { { 1 }, { 2 } });
        Tensor row = new float[] { 1, 10, 100 };
        using var tape = new GradientTape();
        var y = v * row;
        Assert.Equal([111f, 111f], tape.Gradient(y, v)!.ToArray<float>());
    }

    [Fact]
    public void ATapeThatIsNotPersistentIsUsedUp()
    {
        var v = new Variable(1f);
        using var tape = new GradientTape();
        var y = v * v;
        tape.Gradient(y, v);
        var error = Assert.Throws<TapestryException>(() => tape.Gradient(y, v));
        Assert.Contains("persistent", error.Message);
    }
}
