using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using Tapestry.Kernels.Threading;

namespace Tapestry.Benchmarks.Memory;

/// <summary>
/// Whether memory stays flat over many runs, and what one run allocates. No collection is forced: this is what a user's process shows. The runtime
/// compiles busy methods a second time during the first seconds of a process, and that code stays; so the runs are counted from when it has
/// settled, and the memory after as many runs of the new process stands beside for comparison.
/// </summary>
static class MemoryReport
{
    const double MostGrowth = 1.02;

    /// <summary>Runs the report.</summary>
    /// <returns>The exit code: 1 when memory grew or a compiled step allocated, 2 for a wrong command line.</returns>
    internal static int Run(string[] arguments)
    {
        if (arguments is ["--side", var side, var pictures, var workers]) return ResNet50Memory.RunChild(side, int.Parse(pictures, CultureInfo.InvariantCulture), int.Parse(workers, CultureInfo.InvariantCulture));
        if (arguments is ["--resnet"]) return ResNet50Memory.Run(batch: 4, threads: Math.Min(2, Environment.ProcessorCount));
        if (arguments is not ([] or ["--quick"]))
        {
            Console.Error.WriteLine($"Received: {string.Join(' ', arguments)}. Expected: memory [--quick] or memory --resnet.");
            return 2;
        }

        var last = arguments.Length > 0 ? 20_000 : 100_000;
        WorkerPool.ThreadCount = Math.Min(2, Environment.ProcessorCount);
        var (small, large) = (new Classifier(batch: 2, features: 5, units: 16), new Classifier(batch: 128, features: 256, units: 512));
        Console.WriteLine("| job                                    | runs             | cold MB | resident MB      | growth | bytes a run |        |");
        Console.WriteLine("|----------------------------------------|------------------|---------|------------------|--------|-------------|--------|");
        var perceptron = new Perceptron();
        var good = Check("layers 5-16-16-1, eager step with Adam", perceptron.StepEagerly, 1_000, last, mayAllocate: true);
        good &= Check("layers 5-16-16-1, Predict", perceptron.Predict, 1_000, last, mayAllocate: true);
        good &= Check("layers 5-16-16-1, TrainOnBatch", perceptron.TrainOnBatch, 1_000, last, mayAllocate: true);
        good &= Check("small training step, eager", small.StepEagerly, 1_000, last, mayAllocate: true);
        good &= Check("small training step, compiled", small.StepCompiled, 1_000, last, mayAllocate: false);
        good &= Check("small prediction", small.Predict, 1_000, last, mayAllocate: true);
        good &= Check("large training step, eager", large.StepEagerly, 100, last / 50, mayAllocate: true);
        good &= Check("large training step, compiled", large.StepCompiled, 100, last / 50, mayAllocate: false);
        good &= Check("large prediction", large.Predict, 100, last / 50, mayAllocate: true);
        return good ? 0 : 1;
    }

    static bool Check(string name, Action work, int first, int last, bool mayAllocate)
    {
        for (var i = 0; i < first; i++) work();
        var cold = Environment.WorkingSet;
        Settle(work);
        for (var i = 0; i < first; i++) work();
        var early = Environment.WorkingSet;
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = first; i < last; i++) work();
        var bytes = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)(last - first);
        var late = Environment.WorkingSet;
        var growth = (double)late / early;

        // The compiler's tiers and the counter itself may allocate a few bytes once, which are none a run.
        var good = growth <= MostGrowth && (mayAllocate || bytes < 1);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name,-38} | {$"{first} → {last}",16} | {cold / 1e6,7:0.0} | {$"{early / 1e6:0.0} → {late / 1e6:0.0}",16} | {growth,6:0.000} | {bytes,11:0.0} | {(good ? "" : "misses"),6} |"));
        return good;
    }

    // At least a second, until half a second has passed without a newly compiled method; ten seconds at most.
    static void Settle(Action work)
    {
        var begun = Stopwatch.GetTimestamp();
        var (changed, methods) = (begun, JitInfo.GetCompiledMethodCount());
        while (Stopwatch.GetElapsedTime(begun).TotalSeconds < 1 || Stopwatch.GetElapsedTime(changed).TotalSeconds < 0.5)
        {
            for (var i = 0; i < 10; i++) work();
            if (Stopwatch.GetElapsedTime(begun).TotalSeconds > 10) return;
            if (JitInfo.GetCompiledMethodCount() is var now && now == methods) continue;
            (changed, methods) = (Stopwatch.GetTimestamp(), now);
        }
    }
}
