using System.Globalization;
using System.Runtime.InteropServices;

namespace Tapestry.Benchmarks.Measuring;

/// <summary>What a reader must know about the machine to read the numbers.</summary>
static class MachineFacts
{
    /// <summary>One line each.</summary>
    /// <param name="limits">The multiply-add limit for each number of threads, in operations a second.</param>
    internal static IReadOnlyList<string> Describe(IReadOnlyDictionary<int, double> limits) =>
    [
        $"processor: {Processor()}, {Environment.ProcessorCount} processors visible",
        $"multiply-add limit, float32, vectors of {MultiplyAddLimit.VectorBits} bits: {string.Join(", ", limits.OrderBy(limit => limit.Key).Select(limit => string.Create(CultureInfo.InvariantCulture, $"{limit.Value / 1e9:0} GFLOP/s on {limit.Key} thread{(limit.Key == 1 ? "" : "s")}")))}",
        $"system: {RuntimeInformation.OSDescription.Split(' ')[0]}, {RuntimeInformation.ProcessArchitecture}, {RuntimeInformation.FrameworkDescription}",
    ];

    static string Processor()
    {
        if (!File.Exists("/proc/cpuinfo")) return RuntimeInformation.ProcessArchitecture.ToString();
        var lines = File.ReadLines("/proc/cpuinfo").TakeWhile(line => line.Length > 0).Select(line => line.Split(':', 2)).Where(parts => parts.Length == 2).ToDictionary(parts => parts[0].Trim(), parts => parts[1].Trim());
        var name = lines.GetValueOrDefault("model name") ?? lines.GetValueOrDefault("CPU implementer") ?? "unknown";
        return lines.TryGetValue("cpu family", out var family) ? $"{name}, family {family}, model {lines.GetValueOrDefault("model")}" : name;
    }
}
