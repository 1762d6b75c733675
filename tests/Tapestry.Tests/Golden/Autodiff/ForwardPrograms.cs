namespace Tapestry.Tests.Golden.Autodiff;

/// <summary>Forward mode.</summary>
static class ForwardPrograms
{
    internal static IReadOnlyDictionary<string, Action<AutodiffProgram>> All { get; } = new Dictionary<string, Action<AutodiffProgram>>
    {
        ["jvp_basic"] = p =>
        {
            var x = p["x"];
            Tensor y, z;
            var accumulator = new ForwardAccumulator(x, p["v"]);
            using (accumulator)
            {
                y = Ops.Sin(x) * Ops.Exp(x);
                z = Ops.Sum(y);
            }

            p.Is("y", accumulator.Jvp(y));
            p.Is("z", accumulator.Jvp(z));
            p.Is("x", accumulator.Jvp(x));
        },
        ["jvp_many"] = p =>
        {
            var (x, w, q) = (p["x"], p.Variable("w"), p["q"]);
            using (var accumulator = new ForwardAccumulator((Nest)(Nest[])[x, w], (Nest)(Tensor[])[p["v"], p["u"]]))
            {
                var y = Ops.MatMul(x, w);
                p.Is("both", accumulator.Jvp(y));
                p.Is("none", accumulator.Jvp(q));
                p.Is("zero", accumulator.Jvp(q, UnconnectedGradients.Zero));
                var structure = accumulator.Jvp((Nest)(Nest[])[y, new Dictionary<string, Tensor> { ["a"] = q }]);
                p.Is("structure_list", structure[0].Single());
                p.Is("structure_a", (Tensor?)structure[1]["a"].Leaf);
            }

            using var single = new ForwardAccumulator(x, p["v"]);
            p.Is("only_x", single.Jvp(Ops.MatMul(x, w)));
        },
        ["jvp_errors"] = p =>
        {
            var x = p["x"];
            p.Refuses("twice", () => new ForwardAccumulator((x, x), (x, x)));
            p.Refuses("shape", () => new ForwardAccumulator(x, Ops.Ones([7])));
            using var accumulator = new ForwardAccumulator(x, x);
            p.Refuses("reenter", () => accumulator.Resume());
            p.Leave("integers have no tangents", "integer");
        },
        ["forward_over_reverse"] = p =>
        {
            var (x, w) = (p["x"], p.Variable("w"));
            using var accumulator = new ForwardAccumulator(x, p["v"]);
            var (_, gradients) = AutodiffAdapter.Derive(() => Ops.Sum(Ops.Pow(x, 3f) * Ops.Sin(w)), x, w);
            p.Is("dx", accumulator.Jvp(gradients[0]!));
            p.Is("dw", accumulator.Jvp(gradients[1]!));
        },
        ["nested_accumulators"] = p =>
        {
            var x = p["x"];
            using var outer = new ForwardAccumulator(x, p["v"]);
            using var inner = new ForwardAccumulator(x, p["u"]);
            var y = Ops.Pow(x, 3f) * Ops.Exp(x);
            p.Is("inner", inner.Jvp(y));
            p.Is("outer", outer.Jvp(y));
            p.Is("second", outer.Jvp(inner.Jvp(y)!));
        },
        ["reverse_over_forward"] = p =>
        {
            var x = p["x"];
            using var tape = new GradientTape();
            tape.Watch(x);
            Tensor j;
            using (var accumulator = new ForwardAccumulator(x, p["v"])) j = accumulator.Jvp(Ops.Pow(x, 3f) * Ops.Exp(x))!;
            p.Is("j", j);
            p.Is("g", tape.Gradient(j, x));
        },
        ["forward_through_function"] = p =>
        {
            var x = p["x"];
            var three = Ops.Constant(3);
            var f = Function.Of((Tensor t) => Ops.WhileLoop((i, _) => Ops.Less(i, three), (i, a) => (i + 1, a * t), (Ops.Constant(0), t)).Item2);
            var g = Function.Of((Tensor t) => Ops.Cond(Ops.Greater(Ops.Sum(t), 0f), () => t * t, () => t * 3f));
            using var accumulator = new ForwardAccumulator(x, p["v"]);
            p.Is("y", accumulator.Jvp(f.Apply(x)));
            p.Is("z", accumulator.Jvp(g.Apply(x)));
        },
        ["forward_ops"] = p =>
        {
            var x = p["x"];
            using var accumulator = new ForwardAccumulator(x, p["v"]);
            p.Is("matmul", accumulator.Jvp(Ops.MatMul(x, x)));
            p.Is("softmax", accumulator.Jvp(Ops.Softmax(x)));
            p.Is("reduce_max", accumulator.Jvp(Ops.Max(x, 1)));
            p.Is("gather", accumulator.Jvp(Ops.Gather(x, new[] { 2, 0 })));
            p.Is("log", accumulator.Jvp(Ops.Log((x * x) + 1f)));
            p.Is("sort", accumulator.Jvp(Ops.Sort(x, 1)));
            p.Is("concat", accumulator.Jvp(Ops.Concat([x, x], 0)));
            p.Is("cumsum", accumulator.Jvp(Ops.Cumsum(x, 1)));
            p.Is("logsumexp", accumulator.Jvp(Ops.Log(Ops.Sum(Ops.Exp(x)))));
            p.Leave("matrices are inverted in a later issue", "inverse");
        },
    };
}
