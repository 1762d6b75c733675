namespace Tapestry.Tests.Compiler;

/// <summary>What runs in a process of its own whose heap may not grow beyond a limit, as in a container.</summary>
static class HeapLimit
{
    const string SmallValues = "many small values";

    /// <summary>Asks for more than there is in several ways, and computes after each.</summary>
    /// <returns>0 when what can be computed was, and the rest refused by name.</returns>
    internal static int Run()
    {
        var failures = 0;
        foreach (var (name, program) in Programs())
        {
            var refusal = Record.Exception(program);
            // The last object of a heap full of small ones may be any, the list of the caller too.
            var isNamed = (name == SmallValues && refusal is OutOfMemoryException)
                || (refusal is TapestryException { Remedy: not null } && refusal.Message.Contains("not enough memory", StringComparison.Ordinal) && refusal.Message.Contains(" bytes", StringComparison.Ordinal));
            var after = Record.Exception(WorkOn);
            if (isNamed && after is null) continue;
            failures++;
            Console.WriteLine($"{name}: {refusal?.ToString() ?? "nothing was refused"}\nafter it: {after}");
        }

        return failures;
    }

    static IEnumerable<(string Name, Action Program)> Programs()
    {
        yield return ("one large value", () => Ops.BroadcastTo(Ops.Ones([1]), [8000, 8000]));
        yield return ("many large values", () => Fill(i => Ops.RandomNormal([1000, 1000], seed: i)));
        yield return (SmallValues, () => Fill(i => Ops.Ones([10]) + i));
        yield return ("a plan", () => Function.Of((Tensor x) => Ops.Sum(Ops.Sort(Ops.Cumsum(Ops.Sort(Ops.BroadcastTo(x, [4000, 4000])))))).Apply(Ops.Ones([1])));
        yield return ("a result", () => Function.Of((Tensor x) => Ops.BroadcastTo(x, [8000, 8000])).Apply(Ops.Ones([1])));
    }

    static void Fill(Func<int, Tensor> make)
    {
        var kept = new List<Tensor>();
        while (true) kept.Add(make(kept.Count));
    }

    static void WorkOn()
    {
        var x = Ops.RandomNormal([64, 64], seed: 1);
        static Tensor Program(Tensor x) => Ops.Sum(Ops.Tanh(Ops.MatMul(x, x)));
        Assert.True(Program(x).Bytes.SequenceEqual(Function.Of((Tensor x) => Program(x)).Apply(x).Bytes));
    }
}
