namespace Tapestry.Tests.Golden.Autodiff;

/// <summary>Variables by themselves.</summary>
static class VariablePrograms
{
    internal static IReadOnlyDictionary<string, Action<AutodiffProgram>> All { get; } = new Dictionary<string, Action<AutodiffProgram>>
    {
        ["assign_family"] = p =>
        {
            var (v, a, b, d) = (p.Variable("v"), p["a"], p["b"], p["d"]);
            p.Is("assign", v.Assign(a));
            p.Is("assign_add", v.AssignAdd(b));
            p.Is("assign_sub", v.AssignSub(d));
            p.Is("used", v.AssignAdd(b) * 2f);
            p.Is("after_used", v);
            p.Is("chained", v.Assign(a).AssignAdd(b));
        },
        ["snapshot"] = p =>
        {
            var v = p.Variable("v");
            var before = v.Value.ToArray<float>();
            Tensor converted = v;
            var snapshots = new Dictionary<string, Tensor>
            {
                ["convert"] = converted,
                ["identity"] = Ops.Identity(v),
                ["plus_zero"] = v + 0f,
                ["read_value"] = v.Value,
                ["slice"] = v.Value[..2],
                ["value"] = v.Value,
            };
            v.Assign(Ops.Zeros([3]));
            p.Equals("keeps", snapshots.ToDictionary(entry => entry.Key, entry => entry.Value.ToArray<float>().SequenceEqual(before[..entry.Value.Size])));
        },
        ["shapes_and_dtypes"] = p =>
        {
            var v = new Variable(Ops.Ones([2]));
            p.Outcomes("s1", new Dictionary<string, Action?>
            {
                ["shape3"] = () => v.Assign(Ops.Ones([3])),
                ["scalar"] = () => v.Assign(Ops.Ones([])),
                ["rank2"] = () => v.Assign(Ops.Ones([1, 2])),
                // Sums broadcast to the variable, which its documentation says.
                ["assign_add_scalar"] = null,
            });
            p.Outcomes("s2", new Dictionary<string, Action?>
            {
                ["float64"] = () => v.Assign(Ops.Ones([2], DType.Float64)),
                ["int32_tensor"] = () => v.Assign(Ops.Ones([2], DType.Int32)),
                ["assign_add_python"] = () => v.AssignAdd(1.5),
                // Arrays have a dtype in C#.
                ["int_list"] = null,
                ["numpy_float64"] = null,
            });
            p.Leave("variables have a shape here", "s3");
            p.Equals("s4", new[] { new Variable(1), new Variable(1.0), new Variable(new[] { true }), new Variable("a"), new Variable(new[] { 1.0 }), new Variable(1, dtype: DType.Float16) }.Select(variable => variable.DType.Name));
            p.Leave("a dtype that is asked for converts; null is no value in C#", "s5");
            p.Leave("Python only", "s6");
            Assert.Equal(DType.Float32, (v + 1).DType);
            p.Leave("arithmetic promotes, as in keras.ops", "s7");
        },
        ["scatter"] = p =>
        {
            var (i, u, w) = (p["i"], p["u"], p["w"]);
            p.Is("update", p.Variable("v").ScatterUpdate(i, u));
            p.Is("add", p.Variable("v").ScatterAdd(i, u));
            p.Is("sub", p.Variable("v").ScatterSub(i, u));
            p.Is("mul", p.Variable("v").ScatterMul(i, u));
            p.Is("div", p.Variable("v").ScatterDiv(i, u));
            p.Is("max", p.Variable("v").ScatterMax(i, u));
            p.Is("min", p.Variable("v").ScatterMin(i, u));
            // The positions of the text, where it names them.
            p.Is("duplicates", p.Variable("v").ScatterAdd(new[] { 2, 2 }, u));
            var updated = p.Variable("v").ScatterNdUpdate(new[,] { { 1 }, { 3 } }, u);
            p.Is("nd_update", updated);
            p.Is("nd_add", updated.ScatterNdUpdate(new[,] { { 1 }, { 1 } }, u, ScatterReduction.Add));
            p.Is("sparse_read", p.Variable("v").SparseRead(new[] { 4, 0 }));
            p.Is("gather_nd", Ops.GatherNd(p.Variable("v"), new[,] { { 0 }, { 2 } }));
            p.Is("sliced", p.Variable("v").ScatterUpdate(Ops.Range(1, 3), w));
        },
        ["identity_rules"] = p =>
        {
            var (v, w) = (new Variable(new float[] { 1, 2 }), new Variable(new float[] { 1, 2 }));
            p.Equals("equal", Ops.Equal(v, w).ToArray<bool>());
            p.Leave("Python only", "hash", "misc", "len");
            p.Equals("refs", new[] { v.Equals(v), v.Equals(w) });
            v.Constraint = x => Ops.Maximum(x, 0f);
            v.Assign(new float[] { -1, -1 });
            p.Equals("constraint", v.Value.ToArray<float>()[0]);
            p.Leave("whether a variable of integers is trainable by default is not decided by its dtype here, names have no number", "trainable", "names");
            w.Assign(new float[] { 1, 2 });
            var copy = new Variable(w);
            copy.Assign(new float[] { 9, 9 });
            p.Equals("deepcopy", new[] { w.Value.ToArray<float>(), copy.Value.ToArray<float>() });
        },
        ["keras_variable"] = p =>
        {
            var k = new Variable(new float[] { 1, 2 }, name: "k");
            var values = new List<float[]>
            {
                k.Assign(new float[] { 3, 4 }).Value.ToArray<float>(),
                k.AssignAdd(Ops.Ones([2])).Value.ToArray<float>(),
                k.AssignSub(Ops.Fill([2], 2)).Value.ToArray<float>(),
            };
            p.Equals("values", values);
            p.Outcomes("s2", new Dictionary<string, Action?>
            {
                ["shape"] = () => k.Assign(Ops.Ones([3])),
                ["scalar"] = () => k.Assign(Ops.Ones([])),
                // The variables of the layers are those of TensorFlow here, which do not convert.
                ["ints"] = null,
                ["float64"] = null,
                ["float64_tensor"] = null,
            });
            p.Leave("dtypes come from the values; paths from layers", "s3");
            k.Assign(new float[] { 1, 2 });
            p.Is("gradient", AutodiffAdapter.Derive(() => k * k, k).Gradients[0]);
            p.Leave("Python only", "bool_error", "float_error");
        },
    };
}
