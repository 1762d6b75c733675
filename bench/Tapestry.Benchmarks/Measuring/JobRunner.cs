using Tapestry.Kernels.Threading;

namespace Tapestry.Benchmarks.Measuring;

/// <summary>Runs jobs on both sides in turn, and collects the table.</summary>
sealed class JobRunner(RunOptions options)
{
    const int Seed = 20260101;

    readonly Sampler sampler = options.Quick ? new Sampler(0.04, 0.08, rounds: 3, longRounds: 2) : new Sampler(0.3, 0.4, rounds: 5, longRounds: 5);
    readonly List<JobResult> results = [];
    readonly List<string> failures = [];

    /// <summary>Measures every job that the options name.</summary>
    /// <returns>The exit code: 0, or 1 when a job failed, 2 when there is none, 3 when the reference is missing.</returns>
    internal int Run()
    {
        var jobs = JobCatalog.Find(options.Jobs);
        if (jobs.Length == 0)
        {
            Console.Error.WriteLine($"No job has a name with {string.Join(" or ", options.Jobs)} in it; 'list' shows all names.");
            return 2;
        }

        if (!options.NoLibtorch && Libtorch.Load() is { } reason)
        {
            Console.Error.WriteLine("LIBTORCH DOES NOT LOAD, so there is nothing to compare with:");
            Console.Error.WriteLine(reason);
            Console.Error.WriteLine("Run on a system with a recent libstdc++ (Debian 13, Ubuntu 24.04), or measure ours alone with --no-libtorch.");
            return 3;
        }

        var limits = options.Threads.ToDictionary(threads => threads, MultiplyAddLimit.Measure);
        var facts = MachineFacts.Describe(limits);
        foreach (var fact in facts) Console.WriteLine(fact);
        Console.WriteLine();
        Console.WriteLine(ResultTable.Head());
        for (var i = 0; i < jobs.Length; i++)
        {
            Run(jobs[i]);
            // Its memory is not wanted any more.
            jobs[i] = null!;
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        foreach (var failure in failures) Console.Error.WriteLine($"FAILED: {failure}");
        if (options.Json is { } json) ResultTable.WriteJson(json, results);
        if (options.Markdown is { } markdown) File.WriteAllText(markdown, ResultTable.Page([.. facts, options.Quick ? "form: quick" : "form: full", .. options.Note is { } note ? (string[])[note] : []], results, failures));
        return failures.Count == 0 ? 0 : 1;
    }

    void Run(Job job)
    {
        try
        {
            job.Prepare(Seed);
            if (!options.NoLibtorch) Compare(job);
            foreach (var threads in options.Threads)
            {
                var result = Measure(job, threads);
                results.Add(result);
                Console.WriteLine(ResultTable.Row(result));
            }
        }
        catch (Exception exception)
        {
            // One wrong job must not hide the others; the exit code tells.
            failures.Add($"{job.Name}: {exception.GetType().Name}: {exception.Message}");
            Console.WriteLine($"| {job.Name}: FAILED");
        }
    }

    static void Compare(Job job)
    {
        job.PrepareLibtorch();
        using var state = job.Differentiates ? null : Libtorch.WithoutGradients();
        job.CheckEqual();
    }

    static double? LimitFor(Job job, int threads) => job.Operations is null ? null : MultiplyAddLimit.Measure(threads);

    JobResult Measure(Job job, int threads)
    {
        WorkerPool.ThreadCount = threads;
        if (!options.NoLibtorch) Libtorch.SetThreads(threads);
        if (job.HasOnnxRuntime) job.PrepareOnnxRuntime(threads);
        using var state = options.NoLibtorch || job.Differentiates ? null : Libtorch.WithoutGradients();
        List<Action> ways = [job.RunOurs];
        int? libtorch = options.NoLibtorch ? null : Add(job.RunLibtorch);
        int? best = options.NoLibtorch || !job.HasLibtorchBest ? null : Add(job.RunLibtorchBest);
        int? onnxRuntime = job.HasOnnxRuntime ? Add(job.RunOnnxRuntime) : null;
        // Measured beside the job, because the clock is not the same all the time.
        var before = LimitFor(job, threads);
        var times = sampler.Measure(ways);
        var limit = before is { } earlier ? Math.Max(earlier, MultiplyAddLimit.Measure(threads)) : (double?)null;
        return new JobResult
        {
            Job = job.Name,
            Threads = threads,
            Ours = times[0],
            Libtorch = Time(libtorch),
            LibtorchBest = Time(best),
            OnnxRuntime = Time(onnxRuntime),
            Must = job.Bar.Must(threads),
            Aim = job.Bar.AimFor(threads),
            LimitShare = job.Operations / (times[0] / 1000) / limit,
            LimitMust = job.Bar.LimitMust,
        };

        int Add(Action way)
        {
            ways.Add(way);
            return ways.Count - 1;
        }

        double? Time(int? way) => way is { } index ? times[index] : null;
    }
}
