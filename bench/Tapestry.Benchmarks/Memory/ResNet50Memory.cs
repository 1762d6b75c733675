using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Tapestry.Benchmarks.Measuring;
using Tapestry.Benchmarks.Models;
using Tapestry.Benchmarks.Models.Training;
using Tapestry.Keras;
using TorchSharp;

namespace Tapestry.Benchmarks.Memory;

/// <summary>
/// The peak of resident memory over three training steps of ResNet-50, each side in a process of its own. Counted is what comes on top of a process that holds the weights and has run
/// nothing yet: values in between, gradients, the moments of Adam, scratch memory, compiled code.
/// </summary>
static class ResNet50Memory
{
    const int Steps = 3;

    static readonly string[] Ours = ["ours", "ours-recompute"];

    static readonly string[] Theirs = ["libtorch", "libtorch-best"];

    /// <summary>Runs all sides and prints the table.</summary>
    /// <param name="batch">Pictures in a batch.</param>
    /// <param name="threads">Threads of both sides.</param>
    /// <returns>The exit code: 1 when ours is above the least of libtorch's.</returns>
    internal static int Run(int batch, int threads)
    {
        Console.WriteLine($"ResNet-50, batch {batch} at 224, Adam, {Steps} steps, {threads} threads; MB");
        Console.WriteLine("| side            | weights and runtime | peak    | on top  | planned arena |");
        Console.WriteLine("|-----------------|---------------------|---------|---------|---------------|");
        var tops = new Dictionary<string, double>();
        foreach (var side in (string[])[.. Ours, .. Theirs])
        {
            if (Child(side, batch, threads) is not [var before, var peak]) continue;
            var arena = Ours.Contains(side) ? Child(side.Replace("ours", "plan", StringComparison.Ordinal), batch, threads)?[0] ?? 0 : 0;
            tops[side] = peak - before;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {side,-15} | {before,19:0.0} | {peak,7:0.0} | {peak - before,7:0.0} | {(arena > 0 ? arena.ToString("0.0", CultureInfo.InvariantCulture) : ""),13} |"));
        }

        return tops.TryGetValue("libtorch", out var plain) && tops["ours"] > Math.Min(plain, tops["libtorch-best"]) ? 1 : 0;
    }

    /// <summary>One side, in this process.</summary>
    internal static int RunChild(string side, int batch, int threads)
    {
        Kernels.Threading.WorkerPool.ThreadCount = threads;
        Action step;
        if (side.StartsWith("libtorch", StringComparison.Ordinal))
        {
            step = PrepareTheirs(batch, threads, isBest: side == "libtorch-best");
        }
        else
        {
            // The moments of Adam are made by the first step, as they are on the other side.
            var ours = PrepareOurs(batch, side.EndsWith("recompute", StringComparison.Ordinal));
            if (side.StartsWith("plan", StringComparison.Ordinal)) return PrintPlan(ours);
            step = () => ours.Step.Apply(ours.X, ours.Target);
        }

        for (var i = 0; i < 3; i++)
        {
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        var before = Status("VmRSS");
        File.WriteAllText("/proc/self/clear_refs", "5");
        for (var i = 0; i < Steps; i++) step();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"peak {before} {Status("VmHWM")}"));
        return 0;
    }

    // A function that is described is planned but not run.
    static int PrintPlan((Function<Tensor, Tensor, Tensor> Step, Adam Optimizer, Variable[] Weights, Tensor X, Tensor Target) ours)
    {
        ours.Optimizer.Build(ours.Weights);
        var text = ours.Step.Describe(ours.X, ours.Target);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"peak {long.Parse(Regex.Match(text, @"one arena of (\d+) bytes").Groups[1].Value, CultureInfo.InvariantCulture) / 1e6}"));
        Console.WriteLine(text[text.IndexOf("== execution", StringComparison.Ordinal)..]);
        return 0;
    }

    static double[]? Child(string side, int batch, int threads)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Assembly.GetExecutingAssembly().Location, "memory", "--side", side, $"{batch}", $"{threads}"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (output.Split('\n').FirstOrDefault(line => line.StartsWith("peak ", StringComparison.Ordinal)) is { } line) return [.. line.Split(' ')[1..].Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
        Console.WriteLine($"| {side,-15} | failed with exit code {process.ExitCode}: {(error.Result + output).Trim().Split('\n')[^1]}");
        return null;
    }

    static (Function<Tensor, Tensor, Tensor> Step, Adam Optimizer, Variable[] Weights, Tensor X, Tensor Target) PrepareOurs(int batch, bool recompute)
    {
        Variable[] weights = [.. ResNet50.Weights(new Numbers(1), withMoments: false).Select(operand => new Variable(operand.ToTensor()))];
        var (x, target) = (Picture(batch).ToTensor(), (Tensor)Labels(batch));
        var optimizer = new Adam(1e-3);
        Tensor Step(Tensor x, Tensor target)
        {
            using var tape = new GradientTape();
            var loss = Ops.Mean(Ops.SparseSoftmaxCrossEntropyWithLogits(target, ResNet50.Apply(weights, x, withMoments: false)));
            optimizer.Apply(tape.Gradient(loss, weights), weights);
            return loss;
        }

        return (Function.Of<Tensor, Tensor, Tensor>(Step, new FunctionOptions { ReuseResults = true, Recompute = recompute }), optimizer, weights, x, target);
    }

    static Action PrepareTheirs(int batch, int threads, bool isBest)
    {
        if (Libtorch.Load() is { } reason) throw new InvalidOperationException($"libtorch does not load: {reason}");
        Libtorch.SetThreads(threads);
        TorchSharp.Modules.Parameter[] weights;
        torch.Tensor x, target;
        using (var scope = torch.NewDisposeScope())
        {
            weights = [.. ResNet50.Weights(new Numbers(1), withMoments: false).Select(operand => new TorchSharp.Modules.Parameter((isBest ? operand.ToLibtorchChannelsLast() : operand.ToLibtorch()).DetachFromDisposeScope()))];
            foreach (var weight in weights) weight.DetachFromDisposeScope();
            x = (isBest ? Picture(batch).ToLibtorchChannelsLast() : Picture(batch).ToLibtorch()).DetachFromDisposeScope();
            target = torch.tensor(Labels(batch).Select(label => (long)label).ToArray()).DetachFromDisposeScope();
        }

        FusedAdam? optimizer = null;
        return () =>
        {
            using var scope = torch.NewDisposeScope();
            foreach (var weight in weights) weight.grad = null;
            torch.Tensor loss;
            // As in Python, values that only the gradient needs are held by the gradient alone, which lets go of them while it runs.
            using (var inner = torch.NewDisposeScope()) loss = torch.nn.functional.cross_entropy(ResNet50.Apply(weights, x, withMoments: false), target).MoveToOuterDisposeScope();
            loss.backward();
            using (torch.NewDisposeScope())
            {
                optimizer ??= new FusedAdam(weights, 1e-7);
                optimizer.Step();
            }
        };
    }

    static Operand Picture(int batch) => new(new Numbers(2).Normal(batch * 224 * 224 * 3), [batch, 224, 224, 3], Operand.ImageOrder);

    static int[] Labels(int batch) => new Numbers(3).Integers(batch, 1000);

    static double Status(string key) => double.Parse(Regex.Match(File.ReadAllText("/proc/self/status"), $@"{key}:\s+(\d+) kB").Groups[1].Value, CultureInfo.InvariantCulture) * 1024 / 1e6;
}
