namespace Tapestry.Tests.Golden.Autodiff;

/// <summary>Jacobians and Hessians.</summary>
static class JacobianPrograms
{
    internal static IReadOnlyDictionary<string, Action<AutodiffProgram>> All { get; } = new Dictionary<string, Action<AutodiffProgram>>
    {
        ["jacobian_basic"] = p =>
        {
            // The numbers are those of the hyperbolic tangent, which the text leaves out.
            var (x, w) = (p["x"], p["w"]);
            var jx = Jacobian(t => Ops.Tanh(Ops.MatMul(t, w)), x)!;
            p.Is("jx", jx);
            p.Is("jw", Jacobian(t => Ops.Tanh(Ops.MatMul(x, t)), w));
            var sum = Ops.Sum(jx, new[] { 0, 1 }).ToArray<float>();
            var gradient = AutodiffAdapter.Derive(() => Ops.Tanh(Ops.MatMul(x, w)), x).Gradients[0]!.ToArray<float>();
            p.Equals("sum_equals_gradient", sum.Zip(gradient).All(pair => Math.Abs(pair.First - pair.Second) < 1e-6));
        },
        ["jacobian_scalars"] = p =>
        {
            var (s, x, q) = (p["s"], p["x"], p["q"]);
            p.Is("scalar_source", Jacobian(t => t * x, s));
            p.Is("scalar_target", Jacobian(t => Ops.Sum(t * t), x));
            using var tape = new GradientTape(persistent: true);
            tape.Watch((Nest)(x, q));
            var y = x * x;
            p.Is("unconnected", tape.Jacobian(y, q));
            p.Is("unconnected_zero", tape.Jacobian(y, q, UnconnectedGradients.Zero));
        },
        ["jacobian_no_pfor"] = p =>
        {
            var x = p["x"];
            foreach (var (name, persistent) in new[] { ("loop", true), ("pfor", false) })
            {
                using var tape = new GradientTape(persistent);
                tape.Watch(x);
                var y = Ops.Sin(x) * Ops.Sum(x);
                p.Is(name, tape.Jacobian(y, x));
            }

            p.Leave("there is one way to compute it, which needs no persistent tape", "non_persistent_loop");
        },
        ["batch_jacobian"] = p =>
        {
            var (x, w, q) = (p["x"], p["w"], p["q"]);
            using var tape = new GradientTape(persistent: true);
            tape.Watch((Nest)(x, q));
            var y = Ops.Tanh(Ops.MatMul(x, w));
            p.Is("bj", tape.BatchJacobian(y, x));
            p.Refuses("first_dim", () => tape.BatchJacobian(y[..2], x));
            p.Leave("a scalar for each sample is a target like another, and nothing is null where null is asked for", "rank1_target", "unconnected");
            p.Is("unconnected_zero", tape.BatchJacobian(y, q, UnconnectedGradients.Zero));
        },
        ["hessian"] = p =>
        {
            var (x, v) = (p["x"], p["v"]);
            using var outer = new GradientTape(persistent: true);
            outer.Watch(x);
            Tensor g;
            using (var inner = new GradientTape())
            {
                inner.Watch(x);
                g = inner.Gradient(Ops.Sum(Ops.Pow(x, 3f) * Ops.Roll(x, 1)), x)!;
            }

            p.Is("hessian", outer.Jacobian(g, x));
            p.Is("hvp", outer.Gradient(g, x, outputGradients: v));
        },
        ["guide_hvp"] = p =>
        {
            Tensor x = new float[] { 1, 2 };
            using var forward = new ForwardAccumulator(x, new float[] { 1, 0 });
            p.Is("hvp", forward.Jvp(AutodiffAdapter.Derive(() => Ops.Sum(Ops.Pow(x, 3f)), x).Gradients[0]!));
        },
    };

    static Tensor? Jacobian(Func<Tensor, Tensor> function, Tensor x)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        return tape.Jacobian(function(x), x);
    }
}
