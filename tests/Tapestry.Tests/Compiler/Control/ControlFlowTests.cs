using Tapestry.Compiler;

namespace Tapestry.Tests.Compiler.Control;

/// <summary>Which branch runs, when loops end, what they assign and what they refuse: eagerly and in a traced function.</summary>
[Trait("Category", "Quick")]
public class ControlFlowTests
{
    static ControlFlowTests() => Pipeline.VerifiesEachPass = true;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void CondRunsTheChosenBranchOnly(bool compiled)
    {
        var state = new Variable(0f);
        Tensor Program(Tensor x) => Ops.Cond(Ops.Greater(x, 0f), () => state.AssignAdd(1f).Value, () => state.AssignSub(10f).Value);
        Func<Tensor, Tensor> f = compiled ? Function.Of((Tensor x) => Program(x)).Apply : Program;
        Assert.Equal([1f, 2f, -8f, -7f], new[] { 1f, 1f, -1f, 1f }.Select(x => (float)f(Ops.Constant(x))));
        Assert.Equal(-7f, (float)state.Value);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void CondGivesStructures(bool compiled)
    {
        Nest Program(Tensor x) => Ops.Cond(Ops.Greater(x, 0f), () => new Dictionary<string, Tensor> { ["a"] = x, ["b"] = x * 2f }, () => new Dictionary<string, Tensor> { ["a"] = -x, ["b"] = x });
        var result = compiled ? Function.Of((Tensor x) => Program(x)).Apply(3f) : Program(3f);
        Assert.Equal((3f, 6f), ((float)result["a"].Single(), (float)result["b"].Single()));
    }

    [Fact]
    public void CondRefusesBranchesThatDiffer()
    {
        var structures = Function.Of((Tensor x) => Ops.Cond(Ops.Greater(x, 0f), () => (Nest)x, () => (x, x)));
        var refusal = Assert.Throws<TapestryException>(() => structures.Apply(1f));
        Assert.Equal(("Cond", "equal structures"), (refusal.Subject, refusal.Expected));
        var dtypes = Function.Of((Tensor x) => Ops.Cond(Ops.Greater(x, 0f), () => x, () => Ops.Cast(x, DType.Int32)));
        refusal = Assert.Throws<TapestryException>(() => dtypes.Apply(1f));
        Assert.Contains("int32", refusal.Received);
        Assert.Contains("Ops.Cast", refusal.Remedy);
    }

    [Theory]
    [InlineData(-1, 30f)]
    [InlineData(0, 10f)]
    [InlineData(1, 20f)]
    [InlineData(2, 30f)]
    [InlineData(7, 30f)]
    public void SwitchTakesTheLastBranchForANumberOutside(int index, float expected)
    {
        Tensor Program(Tensor i) => Ops.SwitchCase(i, [() => Ops.Constant(10f), () => Ops.Constant(20f), () => Ops.Constant(30f)]);
        Assert.Equal(expected, (float)Program(Ops.Constant(index)));
        Assert.Equal(expected, (float)Function.Of((Tensor i) => Program(i)).Apply(Ops.Constant(index)));
        Tensor WithDefault(Tensor i) => Ops.SwitchCase(i, [() => Ops.Constant(10f), () => Ops.Constant(20f), () => Ops.Constant(30f)], () => Ops.Constant(-1f));
        Assert.Equal(index is >= 0 and < 3 ? expected : -1f, (float)Function.Of((Tensor i) => WithDefault(i)).Apply(Ops.Constant(index)));
        Assert.Equal(index is >= 0 and < 3 ? expected : -1f, (float)WithDefault(Ops.Constant(index)));
        Assert.Equal("SwitchCase", Assert.Throws<TapestryException>(() => Ops.SwitchCase(Ops.Constant(0), [])).Subject);
    }

    [Theory]
    [InlineData(1f, 4f, 0f)]
    [InlineData(-1f, 0f, 3f)]
    public void WhatOnlyTheOtherBranchUsesHasAGradientOfZero(float sign, float expectedA, float expectedB)
    {
        // Nothing of the branches depends on c in a differentiable way.
        var (a, b, c) = (Ops.Constant(2f), new Variable(5f), Ops.Constant(7f));
        var f = Function.Of((Tensor s, Tensor x, Tensor z) => Ops.Cond(Ops.Greater(s, 0f), () => x * x, () => (b * 3f) + Ops.Cast(Ops.Cast(z, DType.Int32), DType.Float32)));
        using var tape = new GradientTape();
        tape.Watch((Nest)(a, c));
        var gradients = tape.Gradient(f.Apply(Ops.Constant(sign), a, c), (Nest)(Nest[])[a, b, c]);
        Assert.Equal(expectedA, (float)gradients[0].Single());
        Assert.Equal(expectedB, (float)gradients[1].Single());
        Assert.Null(gradients[2].Leaf);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ALoopEndsAtItsLimit(bool compiled)
    {
        Tensor Program(Tensor x) => Ops.WhileLoop(_ => Ops.Constant(true), v => v * 2f, x, maximumIterations: 5);
        Assert.Equal(32f, (float)(compiled ? Function.Of((Tensor x) => Program(x)).Apply(1f) : Program(1f)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ALoopAssignsVariables(bool compiled)
    {
        var (sum, rounds) = (new Variable(0f), new Variable(0));
        Tensor Program(Tensor x) => Ops.WhileLoop(v => Ops.Less(v, 20f), v =>
        {
            sum.AssignAdd(v);
            rounds.AssignAdd(1);
            return v + sum;
        }, x) + sum;
        // 1 → 2 → 5 → 13 → 34, with sums 1, 3, 8, 21.
        Assert.Equal(55f, (float)(compiled ? Function.Of((Tensor x) => Program(x)).Apply(1f) : Program(1f)));
        Assert.Equal((21f, 4), ((float)sum.Value, rounds.Value.Item<int>()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ALoopMayChangeShapesThatAreDeclaredUnknown(bool compiled)
    {
        Tensor Program(Tensor x) => Ops.WhileLoop(state => Ops.Less(state[0].Single(), 3), state => (Nest)(state[0].Single() + 1, Ops.Concat([state[1].Single(), x], 0)), (Nest)(Ops.Constant(0), x), shapeInvariants: [Shape.Scalar, [null]])[1].Single();
        Tensor two = new float[] { 1, 2 };
        var result = compiled ? Function.Of((Tensor x) => Program(x)).Apply(two) : Program(two);
        Assert.Equal([1f, 2, 1, 2, 1, 2, 1, 2], result.ToArray<float>());
    }

    [Fact]
    public void ALoopRefusesABodyThatChangesWhatItCarries()
    {
        var shape = Function.Of((Tensor x) => Ops.WhileLoop(v => Ops.Less(Ops.Sum(v), 9f), v => Ops.Concat([v, v], 0), x));
        var refusal = Assert.Throws<TapestryException>(() => shape.Apply(new float[] { 0.5f, -1.5f, 2 }));
        Assert.Equal("WhileLoop", refusal.Subject);
        Assert.Contains("shapeInvariants", refusal.Remedy);
        var dtype = Assert.Throws<TapestryException>(() => Ops.WhileLoop(v => Ops.Less(v, 9f), v => Ops.Cast(v, DType.Float64), Ops.Constant(1f)));
        Assert.Contains("float64", dtype.Received);
        Assert.Throws<TapestryException>(() => Ops.WhileLoop(_ => Ops.Constant(false), state => state, Nest.Tuple([])));
    }

    [Fact]
    public void AProgramIsTracedOnceHoweverOftenItRuns()
    {
        var traced = 0;
        var f = Function.Of((Tensor n) => Ops.WhileLoop((i, _) => Ops.Less(i, n), (i, v) =>
        {
            traced++;
            return (i + 1, v * 2f);
        }, (Ops.Constant(0), Ops.Constant(1f))).Item2);
        f.Apply(Ops.Constant(1));
        var once = traced;
        Assert.Equal(1024f, (float)f.Apply(Ops.Constant(10)));
        Assert.Equal(once, traced);
        Assert.Equal(1, f.TraceCount);
        Assert.Contains("While", f.Describe(Ops.Constant(1)));
    }
}
