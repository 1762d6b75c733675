namespace Tapestry.Tests.Golden.Autodiff;

/// <summary>Custom gradients.</summary>
static class CustomPrograms
{
    static readonly Func<Tensor, Tensor> Seven = CustomGradient.Of((Tensor x) => (x * x, dy => dy * 7f));

    internal static IReadOnlyDictionary<string, Action<AutodiffProgram>> All { get; } = new Dictionary<string, Action<AutodiffProgram>>
    {
        ["custom_basic"] = p =>
        {
            var f = CustomGradient.Of((Tensor x) =>
            {
                var e = Ops.Exp(x);
                return (Ops.Log(1f + e), dy => dy * (1f - (1f / (1f + e))));
            });
            // The numbers are those of 3, where the text says 100.
            Tensor x = new float[] { 0, 3 };
            var (y, dy) = AutodiffAdapter.Derive(() => f(x), x);
            p.Is("y", y);
            p.Is("dy", dy[0]);
            var (g, gg) = AutodiffAdapter.Twice(f, p["x2"]);
            p.Is("g", g);
            p.Is("gg", gg);
        },
        ["custom_wrong_on_purpose"] = p =>
        {
            var (g, gg) = AutodiffAdapter.Twice(x => 3f * Seven(x), p["x"]);
            p.Is("g", g);
            p.Is("gg", gg);
        },
        ["clip_gradient"] = p =>
        {
            var f = CustomGradient.Of((Tensor x) => (x, dy => dy * 0.5f / Ops.Maximum(Ops.Sqrt(Ops.Sum(dy * dy)), 0.5f)));
            var x = p["x"];
            p.Is("g", AutodiffAdapter.Derive(() => Ops.Sum(f(x) * p["u"]), x).Gradients[0]);
        },
        ["several_inputs_outputs"] = p =>
        {
            var f = CustomGradient.Of((Tensor[] x) => ([x[0] * x[1], x[0] + x[1]], d => [(d[0] * x[1] * 10f) + d[1], (d[0] * x[0]) + (d[1] * 100f)]));
            var (a, b) = (p["a"], p["b"]);
            var (_, both) = AutodiffAdapter.Derive(() => f([a, b]) is var y ? Ops.Sum((p["u"] * y[0]) + y[1]) : null!, a, b);
            p.Is("da", both[0]);
            p.Is("db", both[1]);
            (_, both) = AutodiffAdapter.Derive(() => f([a, b])[1], a, b);
            p.Is("q_da", both[0]);
            p.Is("q_db", both[1]);
        },
        ["with_variables"] = p =>
        {
            var (x, v) = (p["x"], p.Variable("v"));
            var f = CustomGradient.OfVariables(a => ([a[0] * v], (dy, _) => [dy[0] * v, dy[0] * a[0] * 2f]));
            var (_, gradients) = AutodiffAdapter.Derive(() => f([x])[0], x, v);
            p.Is("dx", gradients[0]);
            p.Is("dv", gradients[1]);
            p.Refuses("no_parameter", () => CustomGradient.Of((Tensor a) => (a * v, dy => dy * v))(x));
            var missing = CustomGradient.OfVariables(a => ([a[0] * v], (dy, _) => [dy[0] * v]));
            p.Refuses("missing_variable_gradient", () => AutodiffAdapter.Derive(() => missing([x])[0], x, v));
        },
        ["wrong_count"] = p =>
        {
            var (a, b) = (p["a"], p["b"]);
            var one = CustomGradient.Of((Tensor[] x) => ([x[0] * x[1]], dy => [dy[0]]));
            p.Refuses("one", () => AutodiffAdapter.Derive(() => one([a, b])[0], a, b));
            var three = CustomGradient.Of((Tensor[] x) => ([x[0] * x[1]], dy => [dy[0], dy[0], dy[0]]));
            p.Refuses("three", () => AutodiffAdapter.Derive(() => three([a, b])[0], a, b));
        },
        ["null_gradients"] = p =>
        {
            var (a, b) = (p["a"], p["b"]);
            var half = CustomGradient.Of((Tensor[] x) => ([x[0] * x[1]], dy => [dy[0] * x[1], null]));
            var none = CustomGradient.Of((Tensor[] x) => ([x[0] * x[1]], _ => [null, null]));
            foreach (var (name, f) in new[] { ("half", half), ("all", none) })
            {
                using var tape = new GradientTape(persistent: true);
                tape.Watch((Nest)(a, b));
                var y = f([a, b])[0];
                p.Is($"{name}_a", tape.Gradient(y, a));
                p.Is($"{name}_b", tape.Gradient(y, b));
                p.Is($"{name}_zero_b", tape.Gradient(y, b, unconnectedGradients: UnconnectedGradients.Zero));
            }
        },
        ["nested_custom"] = p =>
        {
            var inner = CustomGradient.Of((Tensor x) => (3f * x * x, dy => dy * 60f * x));
            var outer = CustomGradient.Of((Tensor x) => (x * x * x, dy => dy * inner(x)));
            var (g, gg) = AutodiffAdapter.Twice(outer, p["x"]);
            p.Is("g", g);
            p.Is("gg", gg);
        },
        ["in_function"] = p =>
        {
            var x = p["x"];
            var g = Function.Of((Tensor a) => Ops.Sum(Seven(a) + a));
            p.Is("outside", AutodiffAdapter.Derive(() => g.Apply(x), x).Gradients[0]);
            p.Is("inside", Function.Of((Tensor a) => AutodiffAdapter.Derive(() => Ops.Sum(Seven(a) + a), a).Gradients[0]!).Apply(x));
        },
        ["keras_custom_gradient"] = p =>
        {
            var x = p["x"];
            p.Is("g", AutodiffAdapter.Derive(() => Ops.Sum(Seven(x) * p["u"]), x).Gradients[0]);
        },
        ["recompute_grad"] = p =>
        {
            var (x, v, calls) = (p["x"], p.Variable("v"), 0);
            Tensor Block(Tensor a)
            {
                calls++;
                return Ops.MatMul(Ops.Tanh(Ops.MatMul(a, v)), v);
            }

            using var tape = new GradientTape();
            tape.Watch(x);
            var y = Ops.Sum(Ops.Square(CustomGradient.Recompute(Block)(x)));
            p.Equals("calls_forward", calls);
            var gradients = tape.Gradient(y, (Nest)(Nest[])[x, v]).Flatten();
            p.Equals("calls_backward", calls);
            p.Is("dx", gradients[0]);
            p.Is("dv", gradients[1]);
            var (_, plain) = AutodiffAdapter.Derive(() => Ops.Sum(Ops.Square(Block(x))), x, v);
            p.Equals("equal", Enumerable.Range(0, 2).All(i => plain[i]!.ToArray<float>().SequenceEqual(gradients[i].ToArray<float>())));
        },
        ["pass_through"] = p =>
        {
            var x = p["x"];
            var f = CustomGradient.PassThrough(Ops.Round);
            p.Is("y", f(x));
            p.Is("g", AutodiffAdapter.Derive(() => Ops.Sum(f(x) * p["u"]), x).Gradients[0]);
        },
        // tf.gradients is what a tape inside a function gives.
        ["graph_gradients"] = p =>
        {
            Tensor Cube(Tensor x) => x * x * x;
            var (x, u, q) = (p["x"], p["u"], Ops.Constant(1f));
            Tensor? Gradient(Func<Tensor, Nest> targets, Tensor? weights = null) => (Tensor?)Function.Of((Tensor t) =>
            {
                using var tape = new GradientTape();
                tape.Watch(t);
                return tape.Gradient(targets(t), (Nest)t, weights is null ? null : (Nest)weights);
            }).Apply(x).Leaf;
            p.Is("plain", Gradient(t => Ops.Sum(Cube(t))));
            p.Is("grad_ys", Gradient(t => t * t, u));
            p.Is("two_targets", Gradient(t => (Nest)(Cube(t), t * t)));
            p.Is("stop", Gradient(t => (t * t) + Ops.StopGradient(Cube(t))));
            p.Equals("unconnected_is_null", Gradient(_ => q * q) is null);
            p.Is("hessian", Function.Of((Tensor t) =>
            {
                using var outer = new GradientTape();
                outer.Watch(t);
                using var inner = new GradientTape();
                inner.Watch(t);
                return outer.Jacobian(inner.Gradient(Ops.Sum(Cube(t)), t)!, t)!;
            }).Apply(x));
        },
        ["py_and_numpy_function"] = p => p.Missing("tf.py_function, which runs Python"),
    };
}
