using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Tapestry.Benchmarks.Models.Training;

namespace Tapestry.Benchmarks.Compile;

/// <summary>
/// How long the first call of a training step takes beyond the step itself: tracing, compiling, and what the runtime compiles of the library on the way. Each network in two processes, one after
/// the other, which have never run anything before: the second shows whether anything was kept. A second function of the same network in the same process ("again") costs what the network itself costs.
/// </summary>
static class CompileReport
{
    static readonly (TrainingJob Job, double MostSeconds)[] Networks = [(new CnnMnist(), 0.3), (new ResNet50Step(), 4), (new GptNano(), double.PositiveInfinity)];

    /// <summary>Runs the report.</summary>
    /// <returns>The exit code: 1 when tracing and compiling took longer than it may in a first or second process, 2 for a wrong command line.</returns>
    internal static int Run(string[] arguments)
    {
        if (arguments is ["--network", var number]) return RunChild(Networks[int.Parse(number, CultureInfo.InvariantCulture)].Job);
        if (arguments.Length > 0)
        {
            Console.Error.WriteLine($"Received: {string.Join(' ', arguments)}. Expected: compile without options.");
            return 2;
        }

        Console.WriteLine("| trace + compile, seconds                                     | process | first call | a step | difference | again  | must   |        |");
        Console.WriteLine("|--------------------------------------------------------------|---------|------------|--------|------------|--------|--------|--------|");
        var good = true;
        for (var network = 0; network < Networks.Length; network++)
        {
            var (job, most) = Networks[network];
            for (var process = 1; process <= 2; process++)
            {
                var (first, step, again) = Child(network);
                var isGood = first - step <= most;
                good &= isGood;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {job.Name,-60} | {process,7} | {first,10:0.000} | {step,6:0.000} | {first - step,10:0.000} | {again - step,6:0.000} | {(double.IsFinite(most) ? most.ToString(CultureInfo.InvariantCulture) : ""),6} | {(isGood ? "" : "misses"),6} |"));
            }
        }

        return good ? 0 : 1;
    }

    static int RunChild(TrainingJob job)
    {
        var first = FirstCall(job);
        var step = double.PositiveInfinity;
        for (var i = 0; i < 4; i++) step = Math.Min(step, Time(job.RunOurs));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seconds {first} {step} {FirstCall(job)}"));
        return 0;
    }

    static double FirstCall(TrainingJob job)
    {
        job.Prepare(seed: 1);
        return Time(job.RunOurs);
    }

    static double Time(Action work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    static (double First, double Step, double Again) Child(int network)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [Assembly.GetExecutingAssembly().Location, "compile", "--network", $"{network}"]) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"The process for {Networks[network].Job.Name} ended with exit code {process.ExitCode}.");
        double[] numbers = [.. output.Split('\n').First(line => line.StartsWith("seconds ", StringComparison.Ordinal)).Split(' ')[1..].Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
        return (numbers[0], numbers[1], numbers[2]);
    }
}
