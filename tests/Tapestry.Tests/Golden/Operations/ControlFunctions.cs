namespace Tapestry.Tests.Golden.Operations;

/// <summary>The cases of <c>keras.ops.control</c> whose programs are told in words, by the names of the functions that are here.</summary>
static class ControlFunctions
{
    static readonly Dictionary<string, Func<GoldenCall, Tensor[]>> Programs = new()
    {
        ["cond(sum(x) > -1e9, () => x*2, () => x*3)"] = c => [Ops.Cond(Ops.Sum(c.Tensor(0)) > -1e9f, () => c.Tensor(0) * 2f, () => c.Tensor(0) * 3f)],
        ["i=0,a=x; while i<4: i,a = i+1, a*1.5+i; result (i, a)"] = c => Loop(c, 4, (i, a) => (a * 1.5f) + Ops.Cast(i, DType.Float32), null),
        ["i=0,a=x; while i<40: i,a = i+1, a*1.5 with maximum_iterations 3"] = c => Loop(c, 40, (_, a) => a * 1.5f, 3),
        ["map(r => sum(r)*r, x)"] = c => [Ops.MapFn(row => Ops.Sum(row) * row, c.Tensor(0))],
    };

    /// <summary>The program of a case; skips it when its function is not there.</summary>
    internal static Func<GoldenCall, Tensor[]> Find(GoldenCase golden) =>
        golden.Field("note")?.GetString() is { } note && Programs.TryGetValue(note, out var program) ? program : throw new GoldenSkipException(golden.Json.GetProperty("function").GetString()!);

    static Tensor[] Loop(GoldenCall call, int limit, Func<Tensor, Tensor, Tensor> body, int? maximumIterations)
    {
        var results = Ops.WhileLoop(state => Ops.Less(state[0].Single(), limit), state => Nest.List([state[0].Single() + 1, body(state[0].Single(), state[1].Single())]), Nest.List([Ops.Constant(0), call.Tensor(0)]), maximumIterations);
        return [.. results.Flatten()];
    }
}
