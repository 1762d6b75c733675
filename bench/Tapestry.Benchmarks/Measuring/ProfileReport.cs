using System.Diagnostics;
using System.Globalization;
using Tapestry.Compiler;
using Tapestry.Kernels.Threading;

namespace Tapestry.Benchmarks.Measuring;

/// <summary>Where the time of compiled jobs goes: the least time of each step of their plans over many runs, and what is left between the steps.</summary>
static class ProfileReport
{
    const double WarmUpSeconds = 1, Seconds = 2;
    const int MostSteps = 40;

    /// <summary>Runs the report.</summary>
    /// <returns>The exit code.</returns>
    internal static int Run(RunOptions options)
    {
        foreach (var job in JobCatalog.Find(options.Jobs))
        {
            foreach (var threads in options.Threads)
            {
                WorkerPool.ThreadCount = threads;
                job.Prepare(seed: 1);
                Repeat(job.RunOurs, WarmUpSeconds);
                var steps = new StepTimes();
                Plan.Observer = steps;
                var least = Repeat(() => steps.Over(job.RunOurs), Seconds);
                Plan.Observer = null;
                if (steps.Count > 0) Print(job, threads, least, steps);
            }
        }

        return 0;
    }

    static double Repeat(Action work, double seconds)
    {
        var (start, least) = (Stopwatch.GetTimestamp(), double.PositiveInfinity);
        do
        {
            var before = Stopwatch.GetTimestamp();
            work();
            least = Math.Min(least, Stopwatch.GetElapsedTime(before).TotalMilliseconds);
        }
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds);
        return least;
    }

    static void Print(Job job, int threads, double least, StepTimes steps)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"== {job.Name}, {threads} thread{(threads == 1 ? "" : "s")}: {least:0.000} ms; least times of {steps.Count} steps, together {steps.Total:0.000} ms"));
        foreach (var (step, milliseconds) in steps.Longest(MostSteps))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{milliseconds,10:0.0000} ms  {step.Op.Name} ({string.Join(", ", step.Inputs.Select(input => input.Shape))}) -> {string.Join(", ", step.Outputs.Select(output => output.Shape))}"));
    }

    // Every run of a job goes through the same steps in the same order.
    sealed class StepTimes : IStepObserver
    {
        readonly List<(PlanStep Step, double Milliseconds)> times = [];
        int next;

        internal int Count => times.Count;

        internal double Total => times.Sum(time => time.Milliseconds);

        public void Run(PlanStep step)
        {
            var start = Stopwatch.GetTimestamp();
            step.Op.Run(new KernelContext(step.Inputs, step.Outputs));
            var milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (next == times.Count) times.Add((step, milliseconds));
            else times[next] = (step, Math.Min(times[next].Milliseconds, milliseconds));
            next++;
        }

        internal void Over(Action work)
        {
            next = 0;
            work();
        }

        internal IEnumerable<(PlanStep Step, double Milliseconds)> Longest(int count) => times.OrderByDescending(time => time.Milliseconds).Take(count);
    }
}
