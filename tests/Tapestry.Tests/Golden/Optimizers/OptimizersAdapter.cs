using System.Text.Json;
using Tapestry.Keras;

namespace Tapestry.Tests.Golden.Optimizers;

/// <summary>Trajectories of 50 steps, and what a name stands for: the class with its defaults.</summary>
sealed class OptimizersAdapter : IGoldenAdapter
{
    public string Group => "optimizers";

    // The original forgot one of its classes in the table of names.
    static readonly string[] ForgottenNames = ["Lamb", "lamb"];

    public bool Implements(GoldenObject golden) => GoldenConfig.Knows<Optimizer>(golden) || golden.Name == "OptimizersGet";

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        if (golden.Object.Name == "OptimizersGet") Names(golden, check);
        else if (golden.Field("error") is not null) OptimizerRefusals.Check(golden, check);
        else if (golden.Field("scale_loss") is { } expected) CompareScaledLoss(golden, check, expected);
        else new OptimizerTrajectory(golden, check).Run();
    }

    // The cases are classes that only say that they are gone; the table of names belongs to all of them.
    static void Names(GoldenCase golden, GoldenCheck check)
    {
        if (golden.Field("error") is not null) check.Refuses(golden.Name, () => _ = (Optimizer)golden.Name[(golden.Name.IndexOf('_') + 1)..]);
        GoldenStrings.Check(golden, check, name => (Optimizer)name, optimizer => ((Optimizer)optimizer).GetConfig(), GoldenConfig.Knows<Optimizer>, ForgottenNames);
    }

    static void CompareScaledLoss(GoldenCase golden, GoldenCheck check, JsonElement expected)
    {
        var optimizer = GoldenConfig.Create<Optimizer>(golden);
        check.Close("before build", expected[0].GetDouble(), (double)optimizer.ScaleLoss(Ops.Constant(2.5f)), 0, 1e-6);
        optimizer.Apply([Ops.Constant(1f)], [new Variable(1f)]);
        check.Close("after a finite step", expected[1].GetDouble(), (double)optimizer.ScaleLoss(Ops.Constant(2.5f)), 0, 1e-6);
    }
}

/// <summary>What optimizers refuse.</summary>
static class OptimizerRefusals
{
    internal static void Check(GoldenCase golden, GoldenCheck check)
    {
        var kind = golden.Name[(golden.Name.IndexOf('_') + 1)..];
        check.Refuses(kind, kind switch
        {
            "no_gradients" => () => Make(golden).Apply([null], [new Variable(1f)]),
            "unknown_variable" => () =>
            {
                var optimizer = Make(golden);
                optimizer.Build([new Variable(1f)]);
                optimizer.Apply([Ops.Constant(1f)], [new Variable(2f)]);
            }
            ,
            "assign_lr_to_schedule" => () => new SGD(new ExponentialDecay(0.1, 10, 0.5)).LearningRate = 0.1,
            "gradient_count" => () => Make(golden).Apply([Ops.Constant(1f)], [new Variable(1f), new Variable(2f)]),
            _ => () => Make(golden),
        });
    }

    static Optimizer Make(GoldenCase golden) => GoldenConfig.Create<Optimizer>(golden);
}

/// <summary>One trajectory, compared at five of its steps.</summary>
sealed class OptimizerTrajectory
{
    readonly GoldenCase golden;
    readonly GoldenCheck check;
    readonly Optimizer optimizer;
    readonly Variable[] variables;
    readonly List<double> scales = [];
    readonly List<double> counters = [];

    internal OptimizerTrajectory(GoldenCase golden, GoldenCheck check)
    {
        this.golden = golden;
        this.check = check;
        optimizer = GoldenConfig.Create<Optimizer>(golden);
        variables = [.. golden.List("variables").Select(Variable)];
        ReadNote(golden.Field("note")?.GetString() ?? "");
    }

    internal void Run()
    {
        var gradients = golden.List("gradients").Select(Gradients).ToArray();
        var (steps, recorded) = (golden.List("steps").Select(step => step.GetInt32()).ToArray(), 0);
        for (var step = 1; step <= 50; step++)
        {
            optimizer.Apply([.. gradients.Select((at, i) => at(step - 1, variables[i].Shape))], variables);
            NoteScale();
            if (!steps.Contains(step)) continue;
            // A sign near zero has flipped between the original's own precisions.
            if (golden.Field("unstable") is null || recorded < 3) CompareAt(recorded, step);
            recorded++;
        }

        if (golden.Field("unstable") is not null) return;
        CompareState();
        CompareScales();
        CompareFinalized();
    }

    Func<int, Shape, Tensor?> Gradients(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Null) return (_, _) => null;
        if (json.TryGetProperty("dense", out var dense) && golden.Tensor(dense) is var all) return (step, _) => Row(all, step);
        var (values, indices) = (golden.Tensor(json.GetProperty("values")), golden.Tensor(json.GetProperty("indices")));
        return (step, shape) => new IndexedSlices(Row(values, step), Row(indices, step), shape);
    }

    Variable Variable(JsonElement json) => new(golden.Tensor(json.GetProperty("initial")), name: json.GetProperty("name").GetString()) { Path = json.GetProperty("path").GetString()! };

    void ReadNote(string note)
    {
        if (note.Contains("var_names=['bias', 'scale']")) optimizer.ExcludeFromWeightDecay(names: ["bias", "scale"]);
        else if (note.Contains("var_list=[kernel]")) optimizer.ExcludeFromWeightDecay([variables[0]]);
        else if (note.Contains("MaxNorm(max_value=1.0, axis=0)")) variables[0].Constraint = new MaxNorm(1.0, 0).Apply;
        else if (note.StartsWith("learning_rate assigned")) optimizer.LearningRate = golden.List("learning_rate").First().GetDouble();
    }

    static Tensor Row(Tensor all, int index)
    {
        var shape = all.Shape[1..];
        var row = Tensor.Allocate(all.DType, shape);
        var bytes = shape.Size * all.DType.Size;
        all.Bytes.Slice(index * bytes, bytes).CopyTo(row.Bytes);
        return row;
    }

    void CompareAt(int index, int step)
    {
        var values = golden.List("values").ToArray();
        for (var i = 0; i < variables.Length; i++)
        {
            var atol = values[i].GetProperty("atol");
            check.Close(
                $"{variables[i].Path} after step {step}",
                Row(golden.Tensor(values[i].GetProperty("value")), index),
                variables[i].Value,
                atol.ValueKind == JsonValueKind.Array ? atol[index].GetDouble() : atol.GetDouble(),
                values[i].GetProperty("rtol").GetDouble());
        }

        if (golden.Field("iterations") is { } iterations) check.Equal($"iterations after step {step}", iterations[index].GetInt64(), optimizer.Iterations);
        if (golden.Field("learning_rate") is { } rates) check.Close($"learning rate after step {step}", rates[index].GetDouble(), optimizer.LearningRate, 0, 1e-6);
    }

    void CompareState()
    {
        var expected = golden.List("optimizer_variables").ToArray();
        var actual = optimizer.Variables;
        check.Equal("variables of the optimizer", string.Join(", ", expected.Select(json => json.GetProperty("path").GetString())), string.Join(", ", actual.Select(variable => variable.Path)));
        for (var i = 0; i < Math.Min(expected.Length, actual.Count); i++) check.Matches(actual[i].Path, expected[i], actual[i].Value);
    }

    void NoteScale()
    {
        if (optimizer is not LossScaleOptimizer scaled) return;
        scales.Add(scaled.DynamicScale.Value.Item<double>());
        counters.Add(scaled.StepCounter.Value.Item<double>());
    }

    void CompareScales()
    {
        if (golden.Field("dynamic_scale") is { } expected) check.Equal("scales", string.Join(", ", expected.EnumerateArray().Select(json => json.GetDouble())), string.Join(", ", scales));
        if (golden.Field("step_counter") is { } steps) check.Equal("counters", string.Join(", ", steps.EnumerateArray().Select(json => json.GetDouble())), string.Join(", ", counters));
    }

    void CompareFinalized()
    {
        if (golden.Field("finalized") is not { } finalized) return;
        optimizer.FinalizeVariableValues();
        var entries = finalized.EnumerateArray().ToArray();
        for (var i = 0; i < variables.Length; i++) check.Matches($"{variables[i].Path} finalized", entries[i], variables[i].Value);
    }
}
