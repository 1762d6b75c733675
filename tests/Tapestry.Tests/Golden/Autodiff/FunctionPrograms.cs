namespace Tapestry.Tests.Golden.Autodiff;

/// <summary>Gradients through functions, and functions with tapes inside.</summary>
static class FunctionPrograms
{
    internal static IReadOnlyDictionary<string, Action<AutodiffProgram>> All { get; } = new Dictionary<string, Action<AutodiffProgram>>
    {
        ["through_function"] = p =>
        {
            var (x, w, b) = (p["x"], p.Variable("w"), p.Variable("b"));
            var f = Function.Of((Tensor t) => Ops.Tanh(Ops.MatMul(t, w) + b));
            using var outer = new GradientTape();
            Nest gradients;
            using (var tape = new GradientTape())
            {
                tape.Watch(x);
                var y = Ops.Sum(Ops.Square(f.Apply(x)));
                p.Equals("watched", tape.WatchedVariables.Count);
                gradients = tape.Gradient(y, (Nest)(Nest[])[x, w, b]);
            }

            p.Is("dx", gradients[0].Single());
            p.Is("dw", gradients[1].Single());
            p.Is("db", gradients[2].Single());
            p.Is("dp_dw", outer.Gradient(Ops.Sum(Ops.Square(gradients[0].Single())), w));
        },
        ["tape_inside"] = p =>
        {
            var (x, w, traces) = (p["x"], p.Variable("w"), 0);
            // The numbers are those of the mean, where the text says sum.
            var step = Function.Of((Tensor t) =>
            {
                traces++;
                var (loss, gradients) = AutodiffAdapter.Derive(() => Ops.Mean(Ops.Square(Ops.MatMul(t, w))), w);
                w.AssignSub(0.1f * gradients[0]!);
                return loss;
            });
            for (var i = 0; i < 3; i++) p.Is($"loss{i}", step.Apply(x));
            p.Is("w", w.Value);
            p.Equals("traces", traces);
        },
        ["straddling"] = p =>
        {
            var (x, w) = (p["x"], p.Variable("w"));
            var (f, g) = (Function.Of((Tensor t) => t * w), Function.Of((Tensor t) => Ops.Sum(Ops.Sin(t))));
            var (_, gradients) = AutodiffAdapter.Derive(() => g.Apply(f.Apply(x) + x), x, w);
            p.Is("dx", gradients[0]);
            p.Is("dw", gradients[1]);
            var rows = Enumerable.Range(0, 3).SelectMany(i =>
            {
                using var tape = new GradientTape();
                tape.Watch(x);
                var unit = new float[3];
                unit[i] = 1;
                return tape.Gradient(f.Apply(x), x, outputGradients: unit)!.ToArray<float>();
            });
            p.Is("jacobian", Ops.FromSpan<float>([.. rows], [3, 3]));
        },
        ["integer_and_unused_arguments"] = p =>
        {
            var (x, i, u) = (p["x"], p["i"], p["u"]);
            var f = Function.Of((Tensor a, Tensor b, Tensor _) => a * Ops.Cast(b, DType.Float32));
            var (_, gradients) = AutodiffAdapter.Derive(() => f.Apply(x, i, u), x, i, u);
            p.Is("dx", gradients[0]);
            p.Is("di", gradients[1]);
            p.Is("du", gradients[2]);
        },
    };
}
