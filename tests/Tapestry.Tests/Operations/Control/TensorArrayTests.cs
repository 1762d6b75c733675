namespace Tapestry.Tests.Operations.Control;

/// <summary>Entries that are written one by one.</summary>
[Trait("Category", "Quick")]
public class TensorArrayTests
{
    [Fact]
    public void AWriteGivesAnotherArray()
    {
        var empty = new TensorArray(DType.Float32, size: 2);
        var written = empty.Write(1, new float[] { 3, 4 });
        Assert.Null(empty.ElementShape);
        Assert.Equal([0f, 0, 3, 4], written.Stack().ToArray<float>());
        Assert.Equal([3f, 4], written.Read(1).ToArray<float>());
        Assert.Equal([0f, 0, 3, 4], written.Concat().ToArray<float>());
        Assert.Equal(2, empty.Size().Item<int>());
    }

    [Fact]
    public void ADynamicArrayGrowsToTheLastPosition()
    {
        var array = new TensorArray(DType.Int32, dynamicSize: true, elementShape: []).Write(2, 7).Write(0, 1);
        Assert.Equal([1, 0, 7], array.Stack().ToArray<int>());
        Assert.Equal([1, 0, 7, 0, 5], array.Scatter(new[] { 4 }, new[] { 5 }).Stack().ToArray<int>());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void ALoopWritesAndHasDerivativesOfAnyOrder(int order)
    {
        // Σ xⁱ for i from 0 to 4, written one power a round.
        static Tensor Powers(Tensor x)
        {
            Nest Round(Nest state) => Nest.Tuple([state[0].Single() + 1, state[1].Single() * x, TensorArray.Of(state[2].Single(), dynamicSize: true).Write(state[0].Single(), state[1].Single()).Stack()]);
            var empty = new TensorArray(DType.Float64, dynamicSize: true, elementShape: []).Stack();
            return Ops.Sum(Ops.WhileLoop(state => Ops.Less(state[0].Single(), 5), Round, Nest.Tuple([Ops.Constant(0), Ops.OnesLike(x), empty]), shapeInvariants: [[], [], [null]])[2].Single());
        }

        static Tensor Derivative(Tensor x, int order)
        {
            if (order == 0) return Powers(x);
            using var tape = new GradientTape();
            tape.Watch(x);
            return tape.Gradient(Derivative(x, order - 1), x)!;
        }

        var expected = order switch { 1 => 1 + 4 + 12 + 32, 2 => 2 + 12 + 48, _ => 6 + 48 };
        Assert.Equal(expected, Derivative(Ops.Constant(2.0, DType.Float64), order).Item<double>(), 1e-12);
        Assert.Equal(expected, Function.Of((Tensor x) => Derivative(x, order)).Apply(Ops.Constant(2.0, DType.Float64)).Item<double>(), 1e-12);
    }

    [Fact]
    public void RefusesEntriesThatDoNotFit()
    {
        var array = new TensorArray(DType.Float32, size: 2).Write(0, new float[] { 1, 2 });
        Assert.Throws<TapestryException>(() => array.Write(1, new float[] { 1 }));
        Assert.Throws<TapestryException>(() => array.Write(1, new[] { 1, 2 }));
        Assert.Throws<TapestryException>(() => array.Write(2, new float[] { 1, 2 }));
        Assert.Throws<TapestryException>(() => new TensorArray(DType.Float32, size: 2).Stack());
        Assert.Throws<TapestryException>(() => new TensorArray(DType.Float32, size: -1));
        Assert.Throws<TapestryException>(() => TensorArray.Of(1f));
    }
}
