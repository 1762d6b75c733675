using Tapestry.Keras;
using Tapestry.Keras.Configuration;

namespace Tapestry.Tests.Contracts;

/// <summary>
/// What every optimizer keeps, for one line an optimizer: <c>public class AdamContract() : OptimizerContract&lt;Adam&gt;(() => new(0.1));</c>. The
/// trajectories of Keras are compared by the golden tests, which find the optimizer by its name.
/// </summary>
/// <typeparam name="T">The optimizer.</typeparam>
/// <param name="make">Makes it, with a rate at which (v − 1)² falls within 200 steps.</param>
[Trait("Category", "Contract")]
public abstract class OptimizerContract<T>(Func<T> make)
    where T : Optimizer
{
    /// <summary>Whether it takes the options that all optimizers share; one that wraps another does not.</summary>
    protected virtual bool TakesOptions => true;

    /// <summary>Whether the rate stays as it is; a schedule sees the number of the call, not that of the step.</summary>
    protected virtual bool KeepsItsRate => true;

    /// <summary>Arguments of its own that it refuses: <c>Refusal.Each("Lion.Beta1", "(0, 1]", beta => new Lion(beta1: beta), 0, 1.1, double.NaN)</c>.</summary>
    protected virtual IEnumerable<Refusal> Refused => [];

    [Fact]
    public void RefusesBadArguments()
    {
        foreach (var refusal in Refused) refusal.Check();
        if (!TakesOptions) return;
        var name = typeof(T).Name;
        (string Key, object?[] Values, string Subject, string Expected)[] options =
        [
            ("ema_momentum", [-0.1, 1.1, double.NaN], $"{name}.EmaMomentum", "[0, 1]"),
            ("ema_overwrite_frequency", [0L, -3L], $"{name}.EmaOverwriteFrequency", "above 0"),
            ("gradient_accumulation_steps", [1L, -2L], $"{name}.GradientAccumulationSteps", "at least 2"),
            ("clipnorm", [-1.0, double.NaN, double.PositiveInfinity], "Optimizer.Clipnorm", "at least 0"),
            ("clipvalue", [-1.0, double.NaN, double.PositiveInfinity], "Optimizer.Clipvalue", "at least 0"),
            ("global_clipnorm", [-1.0, double.NaN, double.PositiveInfinity], "Optimizer.GlobalClipnorm", "at least 0"),
        ];
        foreach (var (key, values, subject, expected) in options)
        {
            foreach (var refusal in Refusal.Each(subject, expected, value => With(key, value), values)) refusal.Check();
        }
    }

    [Fact]
    public void IsFoundByItsName()
    {
        if (!TakesOptions) return;
        Assert.IsType<T>((Optimizer)ObjectNames.Of(typeof(T)).ToLowerInvariant());
        Assert.IsType<T>((Optimizer)ObjectNames.Of(typeof(T)));
    }

    [Fact]
    public void IsMadeAgainFromItsConfiguration()
    {
        var config = make().GetConfig();
        var copy = (T)ObjectConfig.Create(typeof(T), config);
        var again = copy.GetConfig();
        Assert.Equal(config.Keys.Order(), again.Keys.Order());
        Assert.All(config.Where(entry => entry.Value is null or string or double or long or bool), entry => Assert.Equal(entry.Value, again[entry.Key]));
    }

    [Fact]
    public void FindsTheBottomOfABowl()
    {
        foreach (var dtype in new[] { DType.Float32, DType.Float64 })
        {
            var variable = new Variable(Ops.Cast(new float[] { 0.2f, 1.5f, 1 }, dtype));
            var optimizer = make();
            for (var i = 0; i < 200; i++) optimizer.Apply([(variable.Value - 1.0) * (Scale(optimizer) * 2.0)], [variable]);
            Assert.Equal(200, optimizer.Iterations);
            Assert.All(Ops.Cast(variable.Value, DType.Float64).ToArray<double>(), value => Assert.Equal(1, value, 0.1));
        }
    }

    [Fact]
    public void StepsCompiledAsItDoesEagerly()
    {
        var (eager, compiled) = (Variables(), Variables());
        var (first, second) = (make(), make());
        var step = Function.Of((Nest gradients) =>
        {
            second.Apply(gradients.Flatten(), compiled);
            return Ops.Constant(0f);
        });
        for (var i = 0; i < 5; i++)
        {
            first.Apply(Gradients(i), eager);
            step.Apply(Gradients(i));
        }

        for (var i = 0; i < eager.Length; i++) Equal(eager[i].Value, compiled[i].Value, 1e-6f);
        Assert.Equal(first.Iterations, second.Iterations);
    }

    [Fact]
    public void AllocatesNothingWhenCompiled()
    {
        var variables = Variables();
        var optimizer = make();
        var gradients = Gradients(1);
        var step = Function.Of(
            (Tensor a, Tensor b) =>
            {
                optimizer.Apply([a, b], variables);
                return a;
            },
            new FunctionOptions { ReuseResults = true });
        for (var i = 0; i < 20; i++) step.Apply(gradients[0], gradients[1]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++) step.Apply(gradients[0], gradients[1]);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void GoesOnFromItsState()
    {
        var variables = Variables();
        var optimizer = make();
        for (var i = 0; i < 3; i++) optimizer.Apply(Gradients(i), variables);
        var copies = variables.Select(variable => new Variable(variable.Value, name: variable.Name)).ToArray();
        var other = make();
        other.Build(copies);
        Assert.Equal(optimizer.Variables.Select(variable => variable.Shape), other.Variables.Select(variable => variable.Shape));
        for (var i = 0; i < optimizer.Variables.Count; i++) other.Variables[i].Assign(optimizer.Variables[i].Value);
        for (var i = 3; i < 6; i++)
        {
            optimizer.Apply(Gradients(i), variables);
            other.Apply(Gradients(i), copies);
        }

        for (var i = 0; i < variables.Length; i++) Equal(variables[i].Value, copies[i].Value, 0);
    }

    [Fact]
    public void LeavesAloneWhatHasNoGradient()
    {
        var variables = Variables();
        var before = variables[1].Value.ToArray<float>();
        make().Apply([Gradients(0)[0], null], variables);
        Assert.Equal(before, variables[1].Value.ToArray<float>());
        Assert.Contains("no gradients", Assert.Throws<TapestryException>(() => make().Apply([null, null], variables)).Fault);
    }

    [Fact]
    public void RefusesStrangeVariables()
    {
        var optimizer = make();
        optimizer.Apply(Gradients(0), Variables());
        if (TakesOptions) Assert.Contains("unknown variable", Assert.Throws<TapestryException>(() => optimizer.Apply(Gradients(0), Variables())).Fault);
    }

    [Fact]
    public void ClipsGradients()
    {
        if (!TakesOptions) return;
        // One gradient far beyond the limit, then small ones against it, one beyond the limit alone and one only together with the other.
        double[][][] steps = [[[300, -400], [0, 1200]], [[-0.2, 0.1], [0.1, -0.2]], [[0.6, 0.8], [0.3, -0.4]]];
        const double Limit = 0.5;
        static double Norm(IEnumerable<double> values) => Math.Sqrt(values.Sum(value => value * value));
        (string Option, Func<double[][], double[], IEnumerable<double>> Clip)[] ways =
        [
            ("clipnorm", (_, own) => own.Select(value => value * Math.Min(1, Limit / Norm(own)))),
            ("global_clipnorm", (all, own) => own.Select(value => value * Math.Min(1, Limit / Norm(all.SelectMany(each => each))))),
            ("clipvalue", (_, own) => own.Select(value => Math.Clamp(value, -Limit, Limit))),
        ];
        foreach (var (option, clip) in ways)
        {
            var clipped = Walk(With(option, Limit), (_, own) => own);
            Equal(Walk(make(), clip), clipped, 2e-6f);
            // Without a limit, or with one of 0, another way is taken; otherwise this would show nothing.
            var free = Walk(make(), (_, own) => own);
            Assert.Equal(free.ToArray<float>(), Walk(With(option, 0.0), (_, own) => own).ToArray<float>());
            Assert.Contains(free.ToArray<float>().Zip(clipped.ToArray<float>()), pair => Math.Abs(pair.First - pair.Second) > 1e-4);
        }

        Tensor Walk(T optimizer, Func<double[][], double[], IEnumerable<double>> clip)
        {
            Variable[] variables = [new(Ops.Ones([2]), name: "kernel"), new(Ops.Ones([2]), name: "bias")];
            foreach (var gradients in steps) optimizer.Apply([.. gradients.Select(own => (Tensor)clip(gradients, own).Select(value => (float)value).ToArray())], variables);
            return Ops.Concat([.. variables.Select(variable => variable.Value)], 0);
        }
    }

    [Fact]
    public void GathersGradients()
    {
        if (!TakesOptions || !KeepsItsRate) return;
        var (gathered, plain) = (Variables(), Variables());
        var optimizer = With("gradient_accumulation_steps", 2L);
        optimizer.Apply(Gradients(0), gathered);
        Equal(plain[0].Value, gathered[0].Value, 0);
        optimizer.Apply(Gradients(1), gathered);
        make().Apply([.. Gradients(0).Zip(Gradients(1), (a, b) => (a + b) * 0.5)], plain);
        for (var i = 0; i < plain.Length; i++) Equal(plain[i].Value, gathered[i].Value, 2e-6f);
        Assert.Equal(1, optimizer.Iterations);
    }

    [Fact]
    public void KeepsAverages()
    {
        if (!TakesOptions) return;
        var variables = Variables();
        var config = new Dictionary<string, object?>(make().GetConfig()) { ["use_ema"] = true, ["ema_momentum"] = 0.5 };
        var optimizer = (T)ObjectConfig.Create(typeof(T), config);
        optimizer.Apply(Gradients(0), variables);
        var first = variables[0].Value.ToArray<float>();
        optimizer.Apply(Gradients(1), variables);
        var second = variables[0].Value.ToArray<float>();
        optimizer.FinalizeVariableValues();
        Equal(first.Zip(second, (a, b) => (a + b) / 2).ToArray(), Ops.Reshape(variables[0].Value, [-1]), 1e-6f);
    }

    T With(string option, object? value) => (T)ObjectConfig.Create(typeof(T), new Dictionary<string, object?>(make().GetConfig()) { [option] = value });

    static double Scale(Optimizer optimizer) => optimizer is LossScaleOptimizer ? optimizer.ScaleLoss(Ops.Constant(1f)).Item<double>() : 1;

    static Variable[] Variables() =>
    [
        new(Ops.FromSpan<float>([0.3f, -0.7f, 1.1f, 0.2f, 0.9f, -1.4f], [2, 3]), name: "kernel") { Path = "dense/kernel" },
        new(Ops.FromSpan<float>([0.1f, 0.4f, -0.2f]), name: "bias") { Path = "dense/bias" },
    ];

    static Tensor[] Gradients(int step)
    {
        Tensor Make(Shape shape, double phase)
        {
            var values = new float[shape.Size];
            for (var i = 0; i < values.Length; i++) values[i] = (float)Math.Sin((i * 1.3) + (step * 0.8) + phase);
            return Ops.FromSpan<float>(values, shape);
        }

        return [Make([2, 3], 0.4), Make([3], 1.9)];
    }

    static void Equal(Tensor expected, Tensor actual, float tolerance)
    {
        var (a, b) = (expected.ToArray<float>(), actual.ToArray<float>());
        Assert.Equal(a.Length, b.Length);
        for (var i = 0; i < a.Length; i++) Assert.True(Math.Abs(a[i] - b[i]) <= tolerance * Math.Max(1, Math.Abs(a[i])), $"[{i}]: expected {a[i]}, got {b[i]}");
    }
}
