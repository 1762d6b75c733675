using Tapestry.Compiler;

namespace Tapestry.Tests.Compiler.Control;

/// <summary>Derivatives of branches and loops: eagerly, in a traced function under a tape, and with the tape inside the function.</summary>
[Trait("Category", "Quick")]
public class ControlFlowDerivativesTests
{
    static readonly Tensor X = new float[] { 0.5f, -1.5f, 2 };

    static ControlFlowDerivativesTests() => Pipeline.VerifiesEachPass = true;

    /// <summary>Where the program and its derivatives are computed.</summary>
    public enum Mode
    {
        /// <summary>Nothing is traced.</summary>
        Eager,

        /// <summary>The program is a function, the tapes are outside.</summary>
        TapeOutside,

        /// <summary>Program and tapes are one function.</summary>
        TapeInside,
    }

    public static TheoryData<string, Mode> Programs
    {
        get
        {
            var data = new TheoryData<string, Mode>();
            foreach (var name in new[] { "cond", "cond, other branch", "cond with captures", "nested cond", "switch", "loop", "loop with captures", "loop without rounds", "loop over a growing sum", "cond in loop", "loop in cond", "cond with loops in loop", "loop in loop", "loop of several values", "loop with a gradient of its own", "fold", "scan", "map" })
            {
                foreach (var mode in Enum.GetValues<Mode>()) data.Add(name, mode);
            }

            return data;
        }
    }

    /// <summary>A program, and the same written without branches and loops.</summary>
    static (Func<Tensor, Tensor> Program, Func<Tensor, Tensor> Plain) Of(string name)
    {
        Tensor three = Ops.Constant(3);
        return name switch
        {
            "cond" => (x => Ops.Cond(Ops.Greater(Ops.Sum(x), 0f), () => x * x * x, () => -x), x => x * x * x),
            "cond, other branch" => (x => Ops.Cond(Ops.Less(Ops.Sum(x), 0f), () => x * x, () => Ops.Sin(x)), x => Ops.Sin(x)),
            "cond with captures" => (x =>
            {
                var (a, b) = (Ops.Exp(x), x * 2f);
                return Ops.Cond(Ops.Greater(Ops.Sum(a), 0f), () => a * b * a, () => b) + b;
            }, x => (Ops.Exp(x) * x * 2f * Ops.Exp(x)) + (x * 2f)),
            "nested cond" => (x => Ops.Cond(Ops.Greater(Ops.Sum(x), 0f), () => Ops.Cond(Ops.Greater(Ops.Max(x), 10f), () => x, () => Ops.Tanh(x) * x), () => -x), x => Ops.Tanh(x) * x),
            "switch" => (x => Ops.SwitchCase(Ops.Cast(Ops.Sum(x), DType.Int32), [() => x, () => x * x * x, () => -x]), x => x * x * x),
            "loop" => (x => Ops.WhileLoop((i, _) => Ops.Less(i, three), (i, v) => (i + 1, Ops.Sin(v) * v), (Ops.Constant(0), x)).Item2, x =>
            {
                for (var i = 0; i < 3; i++) x = Ops.Sin(x) * x;
                return x;
            }
            ),
            "loop with captures" => (x =>
            {
                var factor = Ops.Exp(x);
                return Ops.WhileLoop((i, _) => Ops.Less(i, three), (i, v) => (i + 1, v * factor), (Ops.Constant(1), x * x)).Item2;
            }, x => x * x * Ops.Exp(x) * Ops.Exp(x)),
            "loop without rounds" => (x => Ops.WhileLoop(v => Ops.Less(Ops.Sum(v), -100f), v => v * v, x * x), x => x * x),
            "loop over a growing sum" => (x => Ops.WhileLoop(v => Ops.Less(Ops.Sum(v), 100f), v => (v * v) + 1f, x * x), x =>
            {
                var v = x * x;
                while ((float)Ops.Sum(v) < 100) v = (v * v) + 1f;
                return v;
            }
            ),
            "cond in loop" => (x => Ops.WhileLoop((i, _) => Ops.Less(i, three), (i, v) => (i + 1, Ops.Cond(Ops.Equal(i, 1), () => v * v, () => Ops.Sin(v))), (Ops.Constant(0), x)).Item2, x =>
            {
                var first = Ops.Sin(x);
                return Ops.Sin(first * first);
            }
            ),
            "loop in cond" => (x => Ops.Cond(Ops.Greater(Ops.Sum(x), 0f), () => Ops.WhileLoop((i, _) => Ops.Less(i, three), (i, v) => (i + 1, v * x), (Ops.Constant(1), x)).Item2, () => x), x => x * x * x),
            "cond with loops in loop" => (x => Ops.WhileLoop((i, _) => Ops.Less(i, three), (i, v) => (i + 1, Ops.Cond(Ops.Equal(i, 1), () => Ops.WhileLoop((j, _) => Ops.Less(j, 2), (j, w) => (j + 1, w * x), (Ops.Constant(0), v)).Item2, () => Ops.Sin(v))), (Ops.Constant(0), x)).Item2, x => Ops.Sin(Ops.Sin(x) * x * x)),
            "loop in loop" => (x => Ops.WhileLoop((i, _) => Ops.Less(i, 2), (i, v) => (i + 1, Ops.WhileLoop((j, _) => Ops.LessEqual(j, i), (j, w) => (j + 1, Ops.Sin(w) * x), (Ops.Constant(0), v)).Item2), (Ops.Constant(0), x)).Item2, x => Ops.Sin(Ops.Sin(Ops.Sin(x) * x) * x) * x),
            "loop of several values" => (x =>
            {
                var last = Ops.WhileLoop(state => Ops.Less(state[0].Single(), three), state => Nest.Tuple([state[0].Single() + 1, state[2].Single() * x, Ops.Sin(state[1].Single())]), Nest.Tuple([Ops.Constant(0), x, x * x]));
                return last[1].Single() * last[2].Single();
            }, x =>
            {
                var (a, b) = (x, x * x);
                for (var i = 0; i < 3; i++) (a, b) = (b * x, Ops.Sin(a));
                return a * b;
            }
            ),
            "loop with a gradient of its own" => (x => Ops.WhileLoop((i, _) => Ops.Less(i, 2), (i, v) => (i + 1, Tripled(v * x)), (Ops.Constant(0), x)).Item2, x => Tripled(Tripled(x * x) * x)),
            "fold" => (x => Ops.Foldl((sum, entry) => (sum * x) + Ops.Sin(entry), x, x * x), x =>
            {
                var sum = x * x;
                for (var i = 0; i < 3; i++) sum = (sum * x) + Ops.Sin(Ops.GetItem(x, i));
                return sum;
            }
            ),
            "scan" => (x => Ops.Scan((sum, entry) => (sum * entry) + Ops.Sin(entry), x), x =>
            {
                var sum = Ops.GetItem(x, 0);
                var sums = new List<Tensor> { sum };
                for (var i = 1; i < 3; i++) sums.Add(sum = (sum * Ops.GetItem(x, i)) + Ops.Sin(Ops.GetItem(x, i)));
                return Ops.Stack([.. sums]);
            }
            ),
            "map" => (x => Ops.MapFn(entry => Ops.Sum(entry * x) * Ops.Sin(entry), x), x => Ops.Sum(x) * x * Ops.Sin(x)),
            _ => throw new ArgumentException(name),
        };
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void HasTheValueAndTheGradientsOfThePlainProgram(string name, Mode mode)
    {
        var (program, plain) = Of(name);
        var (value, first) = Derived(program, mode);
        var (plainValue, plainFirst) = Derived(plain, Mode.Eager);
        Near(plainValue, value);
        Near(plainFirst, first);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void HasTheSecondDerivativesOfThePlainProgram(string name, Mode mode)
    {
        var (program, plain) = Of(name);
        Near(Derivative(plain, 2, Mode.Eager), Derivative(program, 2, mode));
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void HasTheThirdDerivativesOfThePlainProgram(string name, Mode mode)
    {
        var (program, plain) = Of(name);
        Near(Derivative(plain, 3, Mode.Eager), Derivative(program, 3, mode));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void ALoopThatRaisesToAPowerHasTheDerivativesOfThePower(int order)
    {
        // x⁵ by four multiplications with what is captured, as many as a tensor says.
        Tensor Power(Tensor x, Tensor n) => Ops.WhileLoop((i, _) => Ops.Less(i, n), (i, v) => (i + 1, v * x), (Ops.Constant(1), x)).Item2;
        var x = Ops.Constant(1.5);
        var factor = 1;
        for (var i = 0; i < order; i++) factor *= 5 - i;
        var expected = factor * Math.Pow(1.5, 5 - order);
        var inside = Function.Of((Tensor x, Tensor n) => Nested(x => Power(x, n), x, order));
        Assert.Equal(expected, inside.Apply(x, Ops.Constant(5)).Item<double>(), 1e-12);
        var outside = Function.Of((Tensor x) => Power(x, Ops.Constant(5)));
        Assert.Equal(expected, Nested(outside.Apply, x, order).Item<double>(), 1e-12);
    }

    [Theory]
    [InlineData(Mode.Eager)]
    [InlineData(Mode.TapeOutside)]
    [InlineData(Mode.TapeInside)]
    public void NoGradientFlowsThroughAVariableThatALoopAssigns(Mode mode)
    {
        var carried = new Variable(1f);
        // The variable holds 1, 3 and 5 before the rounds, which is what they multiply with.
        Tensor Program(Tensor x) => Ops.WhileLoop((i, _) => Ops.Less(i, 3), (i, v) =>
        {
            var next = v * carried;
            carried.AssignAdd(v);
            return (i + 1, next);
        }, (Ops.Constant(0), x)).Item2;
        Nest Derivatives(Func<Tensor, Tensor> f, Tensor x)
        {
            using var outer = new GradientTape();
            outer.Watch(x);
            using var inner = new GradientTape();
            inner.Watch(x);
            var first = inner.Gradient(f(x), (Nest)(Nest[])[x, carried]);
            var second = outer.Gradient(first[1].Single(), (Nest)(Nest[])[x, carried]);
            return Nest.Tuple([first[0], first[1], second[0], second[1]]);
        }

        var results = (mode switch
        {
            Mode.Eager => Derivatives(Program, Ops.Constant(2f)),
            Mode.TapeOutside => Derivatives(Function.Of((Tensor x) => Program(x)).Apply, Ops.Constant(2f)),
            _ => Function.Of((Tensor x) => Derivatives(Program, x)).Apply(Ops.Constant(2f)),
        }).Flatten();
        // x · a · b · c with a = 1, b = 3, c = 5: the readings are constants for x, and all of them the variable.
        float[] expected = [15, 2 * (15 + 5 + 3), 15 + 5 + 3, 2 * 2 * (5 + 3 + 1)];
        Assert.Equal(expected, results.Select(result => (float)result));
    }

    [Fact]
    public void ALoopHasAHessianWithinAFunction()
    {
        static Tensor Hessian(Func<Tensor, Tensor> f, Tensor x)
        {
            using var outer = new GradientTape();
            outer.Watch(x);
            using var inner = new GradientTape();
            inner.Watch(x);
            return outer.Jacobian(inner.Gradient(f(x), x)!, x)!;
        }

        Tensor Loop(Tensor x) => Ops.WhileLoop((i, _) => Ops.Less(i, 3), (i, v) => (i + 1, Ops.Sin(v) * Ops.Sum(v * x)), (Ops.Constant(0), x)).Item2;
        Tensor Plain(Tensor x)
        {
            var v = x;
            for (var i = 0; i < 3; i++) v = Ops.Sin(v) * Ops.Sum(v * x);
            return v;
        }

        Near(Hessian(Plain, X), Function.Of((Tensor x) => Hessian(Loop, x)).Apply(X), 2e-5);
    }

    [Fact]
    public void ALoopHasForwardDerivativesWithinAFunction()
    {
        static Tensor Along(Func<Tensor, Tensor> f, Tensor x)
        {
            using var accumulator = new ForwardAccumulator(x, Ops.Constant(new float[] { 1, 3, -2 }));
            return accumulator.Jvp(f(x))!;
        }

        var (program, plain) = Of("loop with captures");
        Near(Along(plain, X), Function.Of((Tensor x) => Along(program, x)).Apply(X));
    }

    [Theory]
    [InlineData("loop")]
    [InlineData("cond")]
    [InlineData("cond in loop")]
    public void ATapeAroundSeesTheVariablesInside(string name)
    {
        Tensor[] Gradients(Tensor x, Variable w)
        {
            using var tape = new GradientTape(persistent: true);
            var y = name switch
            {
                "loop" => Ops.WhileLoop(v => Ops.Less(v, 30f), v => v * w, x),
                "cond" => Ops.Cond(Ops.Greater(x, 0f), () => x * w * w, () => x),
                _ => Ops.WhileLoop(v => Ops.Less(v, 30f), v => Ops.Cond(Ops.Greater(v, 0f), () => v * w, () => v), x),
            };
            return [y, tape.Gradient(y, w)!];
        }

        var eager = Gradients(Ops.Constant(2f), new Variable(3f));
        var own = new Variable(3f);
        var traced = Function.Of((Tensor x) => Gradients(x, own)).Apply(Ops.Constant(2f));
        Assert.Equal((float)eager[0], (float)traced[0]);
        Assert.NotEqual(0f, (float)eager[1]);
        Assert.Equal((float)eager[1], (float)traced[1]);
    }

    static Tensor Tripled(Tensor x) => CustomGradient.Of(w => (w * w, upstream => upstream * w * 3f))(x);

    static (Tensor Value, Tensor First) Derived(Func<Tensor, Tensor> program, Mode mode)
    {
        (Tensor, Tensor) Gradient(Func<Tensor, Tensor> f, Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var y = f(x);
            return (y, tape.Gradient(y, x, outputGradients: new float[] { 1, 3, -2 })!);
        }

        return mode switch
        {
            Mode.Eager => Gradient(program, X),
            Mode.TapeOutside => Gradient(Function.Of((Tensor x) => program(x)).Apply, X),
            _ => Function.Of((Tensor x) => Gradient(program, x)).Apply(X),
        };
    }

    static Tensor Derivative(Func<Tensor, Tensor> program, int order, Mode mode) => mode switch
    {
        Mode.Eager => Nested(program, X, order),
        Mode.TapeOutside => Nested(Function.Of((Tensor x) => program(x)).Apply, X, order),
        _ => Function.Of((Tensor x) => Nested(program, x, order)).Apply(X),
    };

    // Tapes in tapes; the sum of the elements is differentiated, at last a weighted one.
    static Tensor Nested(Func<Tensor, Tensor> f, Tensor x, int order, bool isLast = true)
    {
        if (order == 0) return f(x);
        using var tape = new GradientTape();
        tape.Watch(x);
        var below = Nested(f, x, order - 1, isLast: false);
        return tape.Gradient(below, x, isLast && x.Rank > 0 ? Ops.Constant(new float[] { 1, 3, -2 }) : null, UnconnectedGradients.Zero)!;
    }

    static void Near(Tensor expected, Tensor actual, double tolerance = 2e-6)
    {
        var (a, b) = (expected.ToArray<float>(), actual.ToArray<float>());
        Assert.Equal(a.Length, b.Length);
        for (var i = 0; i < a.Length; i++) Assert.True(Math.Abs(a[i] - b[i]) <= tolerance * Math.Max(1, Math.Abs(a[i])), $"[{i}]: expected {a[i]}, got {b[i]}");
    }
}
