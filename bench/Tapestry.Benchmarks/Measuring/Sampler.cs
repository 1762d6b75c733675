using System.Diagnostics;

namespace Tapestry.Benchmarks.Measuring;

/// <summary>Takes samples of several ways to do the same work in turn, so that a slow moment of the machine hits all of them.</summary>
/// <param name="sampleSeconds">The least length of a sample.</param>
/// <param name="warmUpSeconds">How long each way runs before it is measured: the compiler's tiers must be through.</param>
/// <param name="rounds">How many samples each way gets.</param>
/// <param name="longRounds">How many samples each way gets when one run of it is longer than a sample.</param>
sealed class Sampler(double sampleSeconds, double warmUpSeconds, int rounds, int longRounds)
{
    /// <summary>The median time of one run of each way, in milliseconds.</summary>
    internal double[] Measure(IReadOnlyList<Action> ways)
    {
        var samples = ways.Select(_ => new List<double>()).ToArray();
        var runs = ways.Select((way, i) => WarmUp(way, samples[i])).ToArray();
        var missing = samples.Max(taken => (taken.Count > 0 ? longRounds : rounds) - taken.Count);
        for (var round = 0; round < missing; round++)
        {
            for (var turn = 0; turn < ways.Count; turn++)
            {
                // Every second round goes backwards, so that nobody is always measured in the wake of the same other.
                var way = round % 2 == 0 ? turn : ways.Count - 1 - turn;
                samples[way].Add(Sample(ways[way], runs[way]));
            }
        }

        return [.. samples.Select(Median)];
    }

    // How many runs make a sample. Work that is longer than a sample needs no more warming than one run: the second is its first sample.
    int WarmUp(Action work, List<double> samples)
    {
        work();
        var clock = Stopwatch.StartNew();
        work();
        if (clock.Elapsed.TotalSeconds > sampleSeconds)
        {
            samples.Add(clock.Elapsed.TotalMilliseconds);
            return 1;
        }

        clock.Restart();
        var runs = 0;
        do
        {
            work();
            runs++;
        }
        while (clock.Elapsed.TotalSeconds < warmUpSeconds);
        var again = Stopwatch.StartNew();
        var probe = Math.Max(1, runs / 20);
        for (var i = 0; i < probe; i++) work();
        return Math.Max(1, (int)Math.Ceiling(sampleSeconds / (again.Elapsed.TotalSeconds / probe)));
    }

    static double Sample(Action work, int runs)
    {
        // Worker threads of the way before may still spin for a moment.
        Thread.Sleep(5);
        if (runs > 1) work();
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < runs; i++) work();
        return clock.Elapsed.TotalMilliseconds / runs;
    }

    static double Median(List<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
