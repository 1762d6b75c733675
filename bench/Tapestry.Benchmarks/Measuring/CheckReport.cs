using System.Globalization;
using Tapestry.Kernels.Threading;

namespace Tapestry.Benchmarks.Measuring;

/// <summary>What must hold for every compiled job, whatever its speed: a run allocates nothing, and the number of threads does not change a bit.</summary>
static class CheckReport
{
    const int Runs = 3;

    static readonly int[] threads = [1, 2, 4];

    /// <summary>Runs the report.</summary>
    /// <param name="parts">Only jobs whose names contain one of these; all when empty.</param>
    /// <returns>The exit code: 1 when a run allocates or bits differ.</returns>
    internal static int Run(string[] parts)
    {
        var good = true;
        Console.WriteLine("| job                                                          | bytes a run | bits on 1, 2, 4 threads |        |");
        Console.WriteLine("|--------------------------------------------------------------|-------------|-------------------------|--------|");
        foreach (var job in JobCatalog.Find(parts))
        {
            byte[][]? expected = null;
            var (differing, bytes) = (0, 0L);
            foreach (var count in threads)
            {
                WorkerPool.ThreadCount = count;
                job.Prepare(seed: 1);
                for (var run = 0; run < Runs; run++) job.RunOurs();
                byte[][] bits = [.. job.CompiledResults.Select(result => result.Bytes.ToArray())];
                expected ??= bits;
                differing += bits.Zip(expected).Count(pair => !pair.First.AsSpan().SequenceEqual(pair.Second));
                if (bits.Length == 0) break;
                bytes = Math.Max(bytes, LeastBytes(job));
            }

            if (expected!.Length == 0) continue;
            var isGood = differing == 0 && bytes == 0;
            good &= isGood;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {job.Name,-60} | {bytes,11} | {(differing == 0 ? "the same" : $"{differing} results differ"),-23} | {(isGood ? "" : "misses"),6} |"));
        }

        return good ? 0 : 1;
    }

    // The runtime allocates a little now and then, on threads of its own too: a job that allocates does so in every run.
    static long LeastBytes(Job job)
    {
        var least = long.MaxValue;
        for (var run = 0; run < 4 * Runs && least > 0; run++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            job.RunOurs();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        return least;
    }
}
