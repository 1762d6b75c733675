namespace Tapestry.Tests.Golden.Autodiff;

/// <summary>Tapes and variables: which reading a gradient belongs to, assignments, slices and lookups.</summary>
static class TapeVariablePrograms
{
    internal static IReadOnlyDictionary<string, Action<AutodiffProgram>> All { get; } = new Dictionary<string, Action<AutodiffProgram>>
    {
        ["rebinding"] = p =>
        {
            var v = p.Variable("v");
            p.Is("round1", AutodiffAdapter.Derive(() => v * v, v).Gradients[0]);
            using var tape = new GradientTape();
            var rebound = v.Value + 1f;
            tape.Reset();
            p.Is("round2", tape.Gradient(rebound * rebound, rebound));
        },
        ["assign_between"] = p =>
        {
            var v = p.Variable("v");
            using var tape = new GradientTape(persistent: true);
            var y = v * v;
            v.Assign(10f * v);
            var z = v * v;
            var s = y + z;
            p.Is("dy", tape.Gradient(y, v));
            p.Is("dz", tape.Gradient(z, v));
            p.Is("ds", tape.Gradient(s, v));
            p.Is("v", v);
        },
        ["assign_stops"] = p =>
        {
            var (x, v) = (p["x"], p.Variable("v"));
            using (var tape = new GradientTape())
            {
                tape.Watch(x);
                v.Assign(x * x);
                var gradients = tape.Gradient(v * 3f, (Nest)(Nest[])[x, v], unconnectedGradients: UnconnectedGradients.None);
                p.Is("dx", (Tensor?)gradients[0].Leaf);
                p.Is("dv", (Tensor?)gradients[1].Leaf);
            }

            using (var tape = new GradientTape())
            {
                tape.Watch(x);
                v.AssignAdd(x);
                var gradients = tape.Gradient(v * 3f, (Nest)(Nest[])[x, v]);
                p.Is("dx2", (Tensor?)gradients[0].Leaf);
                p.Is("dv2", (Tensor?)gradients[1].Leaf);
            }
        },
        ["assign_result_used"] = p =>
        {
            var (x, v) = (p["x"], p.Variable("v"));
            using var tape = new GradientTape();
            tape.Watch(x);
            Tensor r = v.AssignAdd(x);
            var y = r * r;
            var gradients = tape.Gradient(y, (Nest)(Nest[])[x, v]);
            p.Is("y", y);
            p.Is("dx", (Tensor?)gradients[0].Leaf);
            p.Is("dv", (Tensor?)gradients[1].Leaf);
        },
        ["read_outside"] = p =>
        {
            var v = p.Variable("v");
            var outside = v.Value;
            p.Is("outside", AutodiffAdapter.Derive(() => outside * outside, v).Gradients[0]);
            using var tape = new GradientTape(persistent: true);
            var r = v.Value;
            var y = r * r;
            p.Is("inside_v", tape.Gradient(y, v));
            p.Is("inside_r", tape.Gradient(y, r));
        },
        ["sliced_read"] = p =>
        {
            var v = p.Variable("v");
            Tensor? Gradient(Func<Tensor, Tensor> read) => AutodiffAdapter.Derive(() => read(v.Value), v).Gradients[0];
            p.Is("slice", Gradient(t => Ops.Sum(Ops.Square(t[1..3, 0]))));
            p.Is("row", Gradient(t => t[2]));
            p.Is("newaxis", Gradient(t => t[TensorIndex.Ellipsis, TensorIndex.NewAxis, 1]));
            // The numbers are those of weighted rows.
            p.Is("reverse", Gradient(t => t[TensorIndex.Slice(null, null, -1)] * Ops.Reshape(Ops.Range(4, DType.Float32), [4, 1])));
        },
        ["indexed_slices"] = p =>
        {
            var (i, j, u, x) = (p["i"], p["j"], p["u"], p["x"]);
            var v = p.Variable("v");
            Tensor Looked(Tensor table, Tensor places, Tensor weights) => Ops.Sum(Ops.Gather(table, places) * weights);
            Tensor? Gradient(Func<Tensor> program) => AutodiffAdapter.Derive(program, v).Gradients[0];
            void Slices(string name, Tensor? gradient)
            {
                var slices = IndexedSlices.Of(gradient!);
                p.Equals($"{name}_is_IndexedSlices", slices is not null);
                p.Is($"{name}_dense", gradient);
                if (slices is null) return;
                p.Is($"{name}_values", slices.Values);
                p.Is($"{name}_indices", slices.Indices);
            }

            Slices("s2", Gradient(() => Looked(v, i, u)));
            p.Is("s3_dense", Gradient(() => Looked(v, i, u) + Ops.Sum(Ops.Gather(v, j))));
            p.Is("s4_dense", Gradient(() => Looked(v, i, u) + Ops.Sum(v * v)));
            // The last ones are squared, which the text leaves out.
            Slices("s5", Gradient(() => Ops.Sum(Ops.Square(Ops.Gather(v, new[] { 1, 1 }, axis: 1)))));
            Slices("s6", Gradient(() => Ops.Sum(Ops.Square(Ops.Gather(v, Ops.Reshape(i, [2, 2]))))));
            Slices("s7", AutodiffAdapter.Derive(() => Looked(x, i, u), x).Gradients[0]);
        },
        ["clip_global_norm_none"] = p =>
        {
            var (clipped, norm) = Ops.ClipByGlobalNorm([p["a"], null, p["b"]], p.Number("n"));
            p.Is("a", clipped[0]);
            p.Is("middle", clipped[1]);
            p.Is("b", clipped[2]);
            p.Is("norm", norm);
        },
        ["shared_variable"] = p =>
        {
            var (x, v) = (p["x"], p.Variable("v"));
            p.Is("dv", AutodiffAdapter.Derive(() => Ops.Sum(Ops.MatMul(Ops.Tanh(Ops.MatMul(x, v)), v)), v).Gradients[0]);
        },
    };
}
