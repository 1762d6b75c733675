namespace Tapestry.Tests.Golden.Autodiff;

/// <summary>When a function is traced again, and what a traced program may do.</summary>
static class TracingPrograms
{
    internal static IReadOnlyDictionary<string, Action<AutodiffProgram>> All { get; } = new Dictionary<string, Action<AutodiffProgram>>
    {
        ["tensors"] = p =>
        {
            var f = Function.Of((Tensor x) => x + x);
            p.Calls("calls", () => f.TraceCount, new Dictionary<string, Action?>
            {
                ["tensor float32 [2]"] = () => f.Apply(Ops.Ones([2])),
                ["tensor float32 [2], other values"] = () => f.Apply(Ops.Zeros([2])),
                ["tensor float32 [3]"] = () => f.Apply(Ops.Ones([3])),
                ["tensor float32 [2] again"] = () => f.Apply(Ops.Ones([2])),
                ["tensor int32 [2]"] = () => f.Apply(Ops.Ones([2], DType.Int32)),
                ["tensor float32 []"] = () => f.Apply(Ops.Ones([])),
                ["tensor float32 [1,2]"] = () => f.Apply(Ops.Ones([1, 2])),
                ["tensor float64 [2]"] = () => f.Apply(Ops.Ones([2], DType.Float64)),
                ["numpy float32 [2]"] = () => f.Apply(new float[2]),
                ["numpy float64 [2]"] = () => f.Apply(new double[2]),
                ["numpy float32 [4]"] = () => f.Apply(new float[4]),
                ["tensor float32 [4]"] = () => f.Apply(Ops.Ones([4])),
                ["numpy scalar float32"] = () => f.Apply(Ops.Constant(1f)),
                ["python list [1.0, 2.0]"] = null,
                ["python list [3.0, 4.0]"] = null,
            });
        },
        ["python_values"] = p =>
        {
            var f = Function.Of((object? _) => Ops.Constant(0));
            Action Call(object? value) => () => f.Apply(value);
            p.Calls("calls", () => f.TraceCount, new Dictionary<string, Action?>
            {
                ["1"] = Call(1),
                ["2"] = Call(2),
                ["1.0"] = Call(1.0),
                ["true"] = Call(true),
                ["1 (int again)"] = Call(1),
                ["false"] = Call(false),
                ["0"] = Call(0),
                ["null"] = Call(null),
                ["\"a\""] = Call("a"),
                ["\"b\""] = Call("b"),
                ["1.5"] = Call(1.5),
                ["0.0"] = Call(0.0),
                ["-0.0"] = Call(-0.0),
                ["nan"] = Call(double.NaN),
                ["dtype float32"] = Call(DType.Float32),
                ["dtype float64"] = Call(DType.Float64),
                ["TensorShape [2]"] = Call(new Shape(2)),
            });
        },
        ["structures"] = p =>
        {
            var f = Function.Of((Nest _) => Ops.Constant(0));
            var (t2, t3) = (Ops.Ones([2]), Ops.Ones([3]));
            Action Call(Nest value) => () => f.Apply(value);
            p.Calls("calls", () => f.TraceCount, new Dictionary<string, Action?>
            {
                ["list [t2, t3] (tensors of shape [2], [3])"] = Call([t2, t3]),
                ["list [t2, t3] again"] = Call([t2, t3]),
                ["tuple (t2, t3)"] = Call((t2, t3)),
                ["list [t3, t2]"] = Call([t3, t2]),
                ["dict a:t2, b:t3"] = Call(new Dictionary<string, Tensor> { ["a"] = t2, ["b"] = t3 }),
                ["dict b:t3, a:t2 (other insertion order)"] = Call(new Dictionary<string, Tensor> { ["b"] = t3, ["a"] = t2 }),
                ["dict a:t2, c:t3"] = Call(new Dictionary<string, Tensor> { ["a"] = t2, ["c"] = t3 }),
                ["list [t2, 1]"] = Call(Nest.Of(new object[] { t2, 1 })),
                ["list [t2, 2]"] = Call(Nest.Of(new object[] { t2, 2 })),
                ["list [t2, 1] again"] = Call(Nest.Of(new object[] { t2, 1 })),
                ["list [t2]"] = Call(Nest.List([t2])),
                ["empty list"] = Call(Nest.List([])),
                ["empty tuple"] = Call(Nest.Tuple([])),
                ["nested [[t2],[t2]]"] = Call(Nest.List([Nest.List([t2]), Nest.List([t2])])),
            });
        },
        ["arguments"] = p =>
        {
            var x = Ops.Ones([2]);
            var f = Function.Of((Tensor a, object k, bool flag) => flag ? a : a * Ops.Constant(k is Tensor tensor ? tensor : (int)k, DType.Float32));
            p.Calls("calls", () => f.TraceCount, new Dictionary<string, Action?>
            {
                ["f(x)"] = () => f.Apply(x, 1, false),
                ["f(x, 1)"] = () => f.Apply(x, 1, false),
                ["f(x=x, k=1)"] = () => f.Apply(x: x, y: 1, z: false),
                ["f(x, flag=False)"] = () => f.Apply(x, 1, z: false),
                ["f(x, 2)"] = () => f.Apply(x, 2, false),
                ["f(x, flag=True)"] = () => f.Apply(x, 1, true),
                ["f(x, k=tensor 1.0)"] = () => f.Apply(x, Ops.Constant(1f), false),
                ["f() missing argument"] = null,
                ["f(x, wrong=1)"] = null,
            });
        },
        ["variables_as_arguments"] = p =>
        {
            var (v1, v2) = (new Variable(new float[] { 5, 6 }), new Variable(new float[] { 3, 4 }));
            var g = Function.Of((Variable a, Variable b) => a + b);
            p.Is("result_v1_v1", g.Apply(v1, v1));
            p.Is("result_v2_v1", g.Apply(v2, v1));
            p.Leave("a variable is part of the key by itself, so another one is traced again", "f", "g");
        },
        ["closures"] = p =>
        {
            var (k, t, v, one) = (2f, Ops.Constant(10f), new Variable(100f), Ops.Constant(1f));
            Tensor Body(Tensor x) => (x * k) + t + v;
            var f = Function.Of((Tensor x) => Body(x));
            p.Is("before", f.Apply(one));
            k = 3;
            t = Ops.Constant(20f);
            v.Assign(200f);
            p.Is("after", f.Apply(one));
            p.Equals("traces", f.TraceCount);
            var other = Function.Of((Tensor x) => Body(x));
            p.Is("new_function", other.Apply(one));
            p.Equals("traces_after", f.TraceCount + other.TraceCount);
        },
        ["input_signature"] = p =>
        {
            var seen = new List<int?[]>();
            var f = Function.Of(
                (Tensor x) =>
                {
                    seen.Add([.. x.Shape]);
                    return x + x;
                },
                new FunctionOptions { InputSignature = [new TensorSpec([null, 3], DType.Float32)] });
            p.Calls("f", () => f.TraceCount, new Dictionary<string, Action?>
            {
                ["[2,3] float32"] = () => f.Apply(Ops.Ones([2, 3])),
                ["[5,3] float32"] = () => f.Apply(Ops.Ones([5, 3])),
                ["[0,3] float32"] = () => f.Apply(Ops.Ones([0, 3])),
                ["[2,4] float32"] = () => f.Apply(Ops.Ones([2, 4])),
                ["[3] float32 (rank)"] = () => f.Apply(Ops.Ones([3])),
                ["[2,3] float64"] = () => f.Apply(Ops.Ones([2, 3], DType.Float64)),
                ["[2,3] int32"] = () => f.Apply(Ops.Ones([2, 3], DType.Int32)),
                ["python nested list 1x3"] = () => f.Apply(new float[,] { { 1, 2, 3 } }),
                ["python nested list of ints 1x3"] = null,
                ["keyword x=[2,3]"] = () => f.Apply(x: Ops.Ones([2, 3])),
                ["two arguments"] = null,
            });
            p.Equals("shapes_seen", seen);
            p.Leave("a rank is always known here", "g");
        },
        ["reduce_retracing"] = p =>
        {
            var options = new FunctionOptions { ReduceRetracing = true };
            var f = Function.Of((Tensor x) => x + x, options);
            for (var size = 1; size <= 4; size++) f.Apply(Ops.Ones([size]));
            Assert.Equal(2, f.TraceCount);
            p.Leave("a rank is always known here, so another rank is another trace", "f", "shapes_seen");
            var g = Function.Of((object _) => Ops.Constant(0), options);
            p.Calls("g", () => g.TraceCount, new[] { 1, 2, 3 }.ToDictionary<int, string, Action?>(value => $"{value}", value => () => g.Apply(value)));
            var h = Function.Of((Tensor x) => x + x, options);
            Action Call(DType dtype, int size) => () => h.Apply(Ops.Ones([size], dtype));
            p.Calls("h", () => h.TraceCount, new Dictionary<string, Action?>
            {
                ["float32 [1]"] = Call(DType.Float32, 1),
                ["int32 [1]"] = Call(DType.Int32, 1),
                ["float32 [2]"] = Call(DType.Float32, 2),
                ["float32 [3]"] = Call(DType.Float32, 3),
                ["int32 [5]"] = Call(DType.Int32, 5),
                ["int32 [6]"] = Call(DType.Int32, 6),
            });
        },
        ["methods"] = p =>
        {
            var (a, b, x, results) = (new Scale { K = 2 }, new Scale { K = 3 }, Ops.Constant(10f), new List<float>());
            p.Calls("calls", () => a.M.TraceCount + b.M.TraceCount, new Dictionary<string, Action?>
            {
                ["a.m(x)"] = () => results.Add((float)a.M.Apply(x)),
                ["b.m(x)"] = () => results.Add((float)b.M.Apply(x)),
                ["a.k = 5; a.m(x)"] = () =>
                {
                    a.K = 5;
                    results.Add((float)a.M.Apply(x));
                },
            });
            p.Equals("results", results);
        },
        ["objects_as_arguments"] = p =>
        {
            var f = Function.Of((Tensor x, object _) => x + x);
            Action Call(object argument) => () => f.Apply(Ops.Ones([2]), argument);
            Func<int> g1 = () => 1, g2 = () => 2;
            p.Calls("calls", () => f.TraceCount, new Dictionary<string, Action?>
            {
                ["o1"] = Call("Object 1".AsMemory()),
                ["o2"] = Call(new Scale { K = 2 }),
                ["e1"] = Call(new Point(1, 2)),
                ["e2 (equal to e1)"] = Call(new Point(1, 2)),
                ["g1"] = Call(g1),
                ["g2"] = Call(g2),
            });
        },
        ["side_effects"] = p =>
        {
            var (v, log) = (new Variable(0f), new List<string>());
            var f = Function.Of((Tensor x) =>
            {
                log.Add("trace");
                v.AssignAdd(1f);
                return x + v;
            });
            p.Equals("results", Enumerable.Range(0, 3).Select(_ => (float)f.Apply(Ops.Constant(0f))));
            p.Equals("log", log);
            p.Equals("v", (float)v.Value);
            var g = Function.Of(() =>
            {
                var a = v.Value;
                v.Assign(a * 2f);
                var b = v.Value;
                v.AssignAdd(1f);
                return (a, b, v.Value);
            });
            var (first, second, third) = g.Apply();
            p.Equals("order", new[] { (float)first, (float)second, (float)third });
            var h = Function.Of(() =>
            {
                _ = Ops.Exp(v);
                v.AssignAdd(100f);
                return Ops.Constant(0f);
            });
            h.Apply();
            p.Equals("v_after_unused_assign", (float)v.Value);
            p.Leave("tf.debugging.assert comes later", "assert_ok", "assert_fails");
        },
        ["variable_creation"] = p =>
        {
            p.Refuses("every_call", () => Function.Of((Tensor x) => x + new Variable(1f)).Apply(Ops.Constant(1f)));
            var (kept, bodies, counts) = (new List<Variable>(), 0, new List<int>());
            var g = Function.Of((Tensor x) =>
            {
                bodies++;
                if (kept.Count == 0) kept.Add(new Variable(10f));
                kept[0].AssignAdd(x);
                return kept[0].Value;
            });
            var results = new List<float>();
            foreach (var value in new[] { 1f, 2f })
            {
                results.Add((float)g.Apply(Ops.Constant(value)));
                counts.Add(bodies);
            }

            p.Equals("bodies", counts);
            p.Equals("results", results);
            p.Equals("variable", (float)kept[0].Value);
            Variable? made = null;
            var h = Function.Of((Tensor x) => x + (made ??= new Variable(4f)));
            h.Apply(Ops.Ones([2]));
            p.Is("other_shape", h.Apply(Ops.Ones([3])));
        },
        ["concrete_functions"] = p =>
        {
            var g = Function.Of((Tensor x) => Nest.Dictionary([KeyValuePair.Create("a", (Nest)x), KeyValuePair.Create("b", Nest.Of((x + 1f, (Tensor?)null)))]));
            var y = g.Apply(Ops.Constant(1f));
            p.Equals("structure", new { a = (float)y["a"].Single(), b0 = (float)y["b"][0].Single(), b1 = (Tensor?)y["b"][1].Leaf, b_kind = y["b"].Kind == NestKind.Tuple ? "tuple" : "list" });
            p.Leave("traces are chosen by the function here, not by the caller", "traces1", "r2", "r4", "traces2", "float64", "rank2", "traces3", "traces4");
        },
        ["symbolic_rules"] = p =>
        {
            var x = Ops.Ones([2]);
            p.Refuses("bool", () => Function.Of((Tensor t) => (bool)Ops.All(Ops.Greater(t, 0f)) ? t : -t).Apply(x));
            p.Refuses("number", () => Function.Of((Tensor t) => t * (float)Ops.Sum(t)).Apply(x));
            p.Leave("tensors are no sequences in C#", "iterate");
            Tensor leaked = null!;
            Function.Of((Tensor t) => leaked = t * 2f).Apply(x);
            p.Refuses("leak", () => (leaked + 1f).ToArray<float>());
            var inner = Function.Of((Tensor t) => t * 3f);
            p.Is("nested", Function.Of((Tensor t) => inner.Apply(t) + inner.Apply(t)).Apply(x));
            p.Equals("inner_traces", inner.TraceCount);
            p.Leave("a switch of the whole process, which other tests depend on", "eager_bodies");
            var bodies = 0;
            var broken = Function.Of((Tensor t) => ++bodies == 1 ? throw new ArgumentException("broken") : t);
            p.Refuses("exception", () => broken.Apply(x));
            broken.Apply(x);
            p.Equals("bodies_after_exception", bodies);
        },
        ["random_in_function"] = p =>
        {
            var f = Function.Of(() => Ops.StatelessUniform([2], Ops.Constant(new[] { 1, 2 })));
            p.Equals("stateless_equal", f.Apply().ToArray<float>().SequenceEqual(f.Apply().ToArray<float>()));
            p.Leave("tf.random.Generator comes later", "first", "second", "same_as_eager");
        },
    };

    sealed record Point(int X, int Y);

    sealed class Scale
    {
        internal Scale() => M = Function.Of((Tensor x) => x * K);

        internal float K { get; set; }

        internal Function<Tensor, Tensor> M { get; }
    }
}
