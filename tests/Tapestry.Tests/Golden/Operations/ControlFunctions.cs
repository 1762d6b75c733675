namespace Tapestry.Tests.Golden.Operations;

/// <summary>The cases of <c>keras.ops.control</c> whose programs are told in words, by the names of the functions that are here.</summary>
static class ControlFunctions
{
    static readonly Dictionary<string, Func<GoldenCall, Tensor[]>> Programs = new()
    {
        ["cond(sum(x) > -1e9, () => x*2, () => x*3)"] = c => [Ops.Cond(Ops.Sum(c.Tensor(0)) > -1e9f, () => c.Tensor(0) * 2f, () => c.Tensor(0) * 3f)],
        ["i=0,a=x; while i<4: i,a = i+1, a*1.5+i; result (i, a)"] = c => Loop(c, 4, (i, a) => (a * 1.5f) + Ops.Cast(i, DType.Float32), null),
        ["i=0,a=x; while i<40: i,a = i+1, a*1.5 with maximum_iterations 3"] = c => Loop(c, 40, (_, a) => a * 1.5f, 3),
        ["switch(i, [a*2, a+1, a*a], x)"] = Branches,
        ["index above the last branch"] = Branches,
        ["negative index"] = Branches,
        ["fori_loop(1, 5, (i, a) => a + i*x, x)"] = c => [Ops.ForLoop(1, 5, (i, a) => a + (Ops.Cast(i, DType.Float32) * c.Tensor(0)), c.Tensor(0))],
        ["scan((c, x) => (c*0.5+x, c*x), init, xs); result (carry, ys)"] = c => Scan(c, reverse: false),
        ["same with reverse=True"] = c => Scan(c, reverse: true),
        ["associative_scan(add, x)"] = c => [Ops.AssociativeScan(Ops.Add, c.Tensor(0))],
        ["associative_scan(multiply, x, reverse=True, axis=1)"] = c => [Ops.AssociativeScan(Ops.Multiply, c.Tensor(0), reverse: true, axis: 1)],
        ["associative_scan(((a1,b1),(a2,b2)) => (a1*a2, b1*a2+b2), (a, b))"] = c =>
            [.. Ops.AssociativeScan((x, y) => Nest.List([x[0].Single() * y[0].Single(), (x[1].Single() * y[0].Single()) + y[1].Single()]), Nest.List([c.Tensor(0), c.Tensor(1)])).Flatten()],
        ["vectorized_map(r => sum(r)*r, x)"] = c => [Ops.MapFn(row => Ops.Sum(row) * row, c.Tensor(0))],
        ["vectorized_map(((a,b)) => dot(a,b), [x, y])"] = c => [Ops.MapFn(rows => (Nest)Ops.Dot(rows[0].Single(), rows[1].Single()), Nest.List([c.Tensor(0), c.Tensor(1)])).Single()],
        ["jvp(a => sin(a)*a, (x,), (t,)); result (primal, tangent)"] = Tangent,
        ["map(r => sum(r)*r, x)"] = c => [Ops.MapFn(row => Ops.Sum(row) * row, c.Tensor(0))],
    };

    /// <summary>The program of a case; skips it when its function is not there.</summary>
    internal static Func<GoldenCall, Tensor[]> Find(GoldenCase golden) =>
        golden.Field("note")?.GetString() is { } note && Programs.TryGetValue(note, out var program) ? program : throw new GoldenSkipException(golden.Json.GetProperty("function").GetString()!);

    static Tensor[] Branches(GoldenCall call)
    {
        var x = call.Tensor(0);
        return [Ops.Switch((int)call.Number(1), [() => x * 2f, () => x + 1f, () => x * x])];
    }

    static Tensor[] Scan(GoldenCall call, bool reverse)
    {
        var (carry, results) = Ops.Scan((c, x) => ((Nest)((c.Single() * 0.5f) + x.Single()), (Nest)(c.Single() * x.Single())), (Nest)call.Tensor(0), (Nest)call.Tensor(1), reverse);
        return [carry.Single(), results.Single()];
    }

    static Tensor[] Tangent(GoldenCall call)
    {
        using var accumulator = new ForwardAccumulator(call.Tensor(0), call.Tensor(1));
        var primal = Ops.Sin(call.Tensor(0)) * call.Tensor(0);
        return [primal, accumulator.Jvp(primal)!];
    }

    static Tensor[] Loop(GoldenCall call, int limit, Func<Tensor, Tensor, Tensor> body, int? maximumIterations)
    {
        var results = Ops.WhileLoop(state => Ops.Less(state[0].Single(), limit), state => Nest.List([state[0].Single() + 1, body(state[0].Single(), state[1].Single())]), Nest.List([Ops.Constant(0), call.Tensor(0)]), maximumIterations);
        return [.. results.Flatten()];
    }
}
