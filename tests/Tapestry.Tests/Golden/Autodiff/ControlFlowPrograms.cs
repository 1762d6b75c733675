namespace Tapestry.Tests.Golden.Autodiff;

/// <summary>Loops and branches.</summary>
static class ControlFlowPrograms
{
    internal static IReadOnlyDictionary<string, Action<AutodiffProgram>> All { get; } = new Dictionary<string, Action<AutodiffProgram>>
    {
        ["while_loop_eager"] = p =>
        {
            var x = p["x"];
            var counter = Ops.Constant(0);
            var (a, da) = AutodiffAdapter.Derive(() =>
            {
                (counter, var last) = Loop(x, Ops.Constant(4));
                return last;
            }, x);
            p.Equals("i", counter.Item<int>());
            p.Is("a", a);
            p.Is("da", da[0]);
        },
        ["while_loop_function"] = p =>
        {
            var x = p["x"];
            var f = Function.Of((Tensor t, Tensor n) => Loop(t, n).Item2);
            foreach (var n in new[] { 3, 0 })
            {
                var (y, dy) = AutodiffAdapter.Derive(() => f.Apply(x, Ops.Constant(n)), x);
                p.Is($"y{n}", y);
                p.Is($"dy{n}", dy[0]);
            }

            p.Is("d2y", AutodiffAdapter.Twice(t => f.Apply(t, Ops.Constant(3)), x).Second);
        },
        ["while_captures"] = p =>
        {
            var (x, w, three) = (p["x"], p.Variable("w"), Ops.Constant(3));
            Tensor F(Tensor t) => Ops.Sum(Ops.WhileLoop((i, _) => Ops.Less(i, three), (i, a) => (i + 1, Ops.Tanh(a * w)), (Ops.Constant(0), t)).Item2);
            var (y, gradients) = AutodiffAdapter.Derive(() => F(x), x, w);
            p.Is("y", y);
            p.Is("dx", gradients[0]);
            p.Is("dw", gradients[1]);
            var (_, traced) = AutodiffAdapter.Derive(() => Function.Of((Tensor t) => F(t)).Apply(x), x, w);
            p.Is("dw", traced[1]);
            var inside = Function.Of((Tensor t) => (Nest)AutodiffAdapter.Derive(() => F(t), t, w).Gradients!).Apply(x);
            p.Is("dx", inside[0].Single());
            p.Is("dw", inside[1].Single());
        },
        ["while_rules"] = p =>
        {
            var one = Ops.Constant(1f);
            p.Equals("max_iterations", Ops.WhileLoop(i => Ops.Less(i, 10), i => i + 1, Ops.Constant(0), maximumIterations: 2).Item<int>());
            p.Leave("a single value is a tensor here, not a list", "single_bare", "single");
            p.Refuses("empty", () => Ops.WhileLoop(_ => Ops.Constant(true), state => state, Nest.Tuple([])));
            Nest Doubled(Nest state) => Nest.Tuple([state[0].Single() + 1, Ops.Concat([state[1], state[1]], 0)]);
            Tensor Below(Nest state) => Ops.Less(state[0].Single(), 3);
            p.Refuses("grow", () => Function.Of((Tensor x) => Ops.WhileLoop(Below, Doubled, (Ops.Constant(0), x))[1].Single()).Apply(Ops.Ones([1])));
            p.Equals("grow_invariant", Function.Of((Tensor x) => Ops.WhileLoop(Below, Doubled, (Ops.Constant(0), x), shapeInvariants: [Shape.Scalar, [null]])[1].Single()).Apply(Ops.Ones([1])).Shape[0]);
            p.Refuses("dtype", () => Function.Of((Tensor x) => Ops.WhileLoop(_ => Ops.Constant(true), a => Ops.Cast(a, DType.Int32), x)).Apply(one));
        },
        ["cond_gradients"] = p =>
        {
            var (x, a) = (p["x"], p["a"]);
            Tensor F(Tensor s, Tensor t, Tensor k) => Ops.Cond(Ops.Greater(Ops.Sum(s), k), () => s * t, () => s * s);
            var traced = Function.Of((Tensor s, Tensor t, Tensor k) => F(s, t, k));
            foreach (var (name, f) in new[] { ("traced", traced.Apply), ("eager", (Func<Tensor, Tensor, Tensor, Tensor>)F) })
            {
                foreach (var (branch, k) in new[] { ("first", -1000f), ("second", 1000f) })
                {
                    var (y, gradients) = AutodiffAdapter.Derive(() => f(x, a, Ops.Constant(k)), x, a);
                    p.Is($"{name}_{branch}_y", y);
                    p.Is($"{name}_{branch}_dx", gradients[0]);
                    p.Is($"{name}_{branch}_da", gradients[1]);
                }
            }

            var inside = Function.Of((Tensor s, Tensor t, Tensor k) => AutodiffAdapter.Derive(() => F(s, t, k), s, t).Gradients[1]!);
            p.Is("traced_second_da", inside.Apply(x, a, Ops.Constant(1000f)));
        },
        ["cond_rules"] = p =>
        {
            var ran = new List<string>();
            Func<Tensor> Branch(string name) => () =>
            {
                ran.Add(name);
                return Ops.Constant(1f);
            };
            Ops.Cond(Ops.Constant(true), Branch("t"), Branch("f"));
            p.Equals("eager_runs", ran);
            ran.Clear();
            Function.Of((Tensor t) => Ops.Cond(t, Branch("t"), Branch("f"))).Apply(Ops.Constant(true));
            p.Equals("traced_runs", ran);
            p.Refuses("dtype", () => Function.Of((Tensor t) => Ops.Cond(t, () => Ops.Constant(1f), () => Ops.Constant(1))).Apply(Ops.Constant(true)));
            p.Refuses("structure", () => Function.Of((Tensor t) => Ops.Cond(t, () => (Nest)Ops.Constant(1f), () => (Ops.Constant(1f), Ops.Constant(1f))).Flatten()[0]).Apply(Ops.Constant(true)));
            var shapes = Function.Of((Tensor t) => Ops.Cond(t, () => Ops.Ones([2]), () => Ops.Ones([3])));
            p.Equals("shapes", new[] { shapes.Apply(Ops.Constant(true)).Shape[0], shapes.Apply(Ops.Constant(false)).Shape[0] });
            p.Leave("Python only", "python_bool");
            var x = p["p"];
            p.Is("dp", AutodiffAdapter.Derive(() => Ops.Cond(Ops.Greater(x, 0f), () => x * 2f, () => x * 3f), x).Gradients[0]);
        },
        ["switch_case"] = p =>
        {
            var x = p["x"];
            var f = Function.Of((Tensor i, Tensor t) => Ops.SwitchCase(i, [() => t * 2f, () => t + 1f, () => t * t]));
            foreach (var i in new[] { 0, 1, 2, 7, -1 })
            {
                var (y, dy) = AutodiffAdapter.Derive(() => f.Apply(Ops.Constant(i), x), x);
                p.Is($"y{i}", y);
                p.Is($"dy{i}", dy[0]);
            }

            var withDefault = Function.Of((Tensor i, Tensor t) => Ops.SwitchCase(i, [() => t * 2f, () => t + 1f, () => t * t], () => t * 0f));
            foreach (var i in new[] { 7, -1 }) p.Is($"default{i}", withDefault.Apply(Ops.Constant(i), x));
        },
        ["map_scan_fold"] = p =>
        {
            var (x, h, u) = (p["x"], p["h"], p["u"]);
            Tensor Step(Tensor a, Tensor r) => (a * r) + r;
            var programs = new Dictionary<string, Func<Tensor, Tensor>>
            {
                ["map_fn"] = t => Ops.MapFn(r => Ops.Sum(r) * r, t),
                ["scan"] = t => Ops.Scan(Step, t),
                ["scan_init"] = t => Ops.Scan(Step, t, h),
                ["scan_reverse"] = t => Ops.Scan(Step, t, h, reverse: true),
                ["foldl"] = t => Ops.Foldl(Step, t),
                ["foldr"] = t => Ops.Foldr(Step, t, h),
            };
            foreach (var (name, program) in programs)
            {
                var weights = name.StartsWith("fold", StringComparison.Ordinal) ? u[0] : u;
                foreach (var f in new[] { program, Function.Of(program).Apply, Function.Of(program, new FunctionOptions { InputSignature = [new TensorSpec([null, null], DType.Float32)] }).Apply })
                {
                    var (y, gradients) = AutodiffAdapter.Derive(() => f(x) is var z ? Ops.Sum(z * weights) : null!, x);
                    p.Is(name, f(x));
                    p.Is($"d_{name}", gradients[0]);
                }
            }

            p.Leave("tf.vectorized_map comes with batching rules", "vectorized_map", "d_vectorized_map");
        },
        ["tensor_array"] = p =>
        {
            var (x, u, m) = (p["x"], p["u"], p["m"]);
            TensorArray Written(Tensor t) => new TensorArray(DType.Float32, size: 3).Write(0, t).Write(1, t * t).Write(2, Ops.Exp(t));
            var array = Written(x);
            p.Is("stack", array.Stack());
            p.Is("dx", AutodiffAdapter.Derive(() => Ops.Sum(Written(x).Stack() * u), x).Gradients[0]);
            // What is read counts twice, and the sum of squares is differentiated below, which the text leaves out.
            p.Is("dm", AutodiffAdapter.Derive(() => TensorArray.Of(m).Read(1) * 2f, m).Gradients[0]);
            p.Is("gather", TensorArray.Of(m).Gather(new[] { 2, 0 }));
            p.Equals("size", array.Size().Item<int>());
            p.Is("concat", TensorArray.Of(m).Concat());
            var f = Function.Of((Tensor t) =>
            {
                Nest Round(Nest state) => Nest.Tuple([state[0].Single() + 1, TensorArray.Of(state[1].Single(), dynamicSize: true).Write(state[0].Single(), Ops.Cast(state[0].Single(), DType.Float32) * t).Stack()]);
                var empty = new TensorArray(DType.Float32, dynamicSize: true, elementShape: t.Shape).Stack();
                return Ops.WhileLoop(state => Ops.Less(state[0].Single(), 4), Round, Nest.Tuple([Ops.Constant(0), empty]), shapeInvariants: [[], [null, t.Shape[0]]])[1].Single();
            });
            p.Is("f", f.Apply(x));
            p.Is("df", AutodiffAdapter.Derive(() => Ops.Sum(Ops.Square(f.Apply(x))), x).Gradients[0]);
        },
    };

    static (Tensor, Tensor) Loop(Tensor x, Tensor n) => Ops.WhileLoop((i, _) => Ops.Less(i, n), (i, a) => (i + 1, (a * x) + Ops.Cast(i, DType.Float32)), (Ops.Constant(0), x));
}
