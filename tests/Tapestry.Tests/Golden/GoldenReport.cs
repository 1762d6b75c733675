using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tapestry.Tests.Golden;

/// <summary>Gathers the outcomes of a test run and writes them to the file that <c>TAPESTRY_GOLDEN_REPORT</c> names.</summary>
sealed class GoldenReport
{
    // JSON has no infinity: what no tolerance could help is written as this multiple.
    const double Beyond = 1e30;

    readonly SortedDictionary<string, SortedDictionary<string, GoldenOutcome>> groups = new(StringComparer.Ordinal);
    readonly Lock gate = new();

    /// <summary>The report of this process.</summary>
    internal static GoldenReport Current { get; } = new();

    /// <summary>Notes the outcome of an object.</summary>
    internal void Add(string group, string name, GoldenOutcome outcome)
    {
        lock (gate)
        {
            if (!groups.TryGetValue(group, out var objects)) groups[group] = objects = new(StringComparer.Ordinal);
            objects[name] = outcome;
        }
    }

    /// <summary>Writes what is known so far. Groups that an earlier process wrote stay; those that this one ran are replaced.</summary>
    internal void Write(string path)
    {
        lock (gate)
        {
            using var file = Open(path);
            var report = Parse(file);
            foreach (var (group, objects) in groups)
                report[group] = new JsonObject(objects.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)Entry(pair.Value))));
            file.SetLength(0);
            using var writer = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
            report.WriteTo(writer);
        }
    }

    /// <summary>Writes what was missing, for each case that was skipped in a group that this process ran.</summary>
    internal void WriteSkips(string path)
    {
        lock (gate)
        {
            using var file = Open(path);
            var report = Parse(file);
            foreach (var (group, objects) in groups)
                report[group] = new JsonObject(objects.Where(pair => pair.Value.Skipped > 0).Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)new JsonObject(pair.Value.Skips.Select(skip => KeyValuePair.Create(skip.Key, (JsonNode?)skip.Value))))));
            file.SetLength(0);
            using var writer = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
            report.WriteTo(writer);
        }
    }

    static JsonObject Entry(GoldenOutcome outcome) => new()
    {
        ["passed"] = outcome.Passed,
        ["failed"] = outcome.Failed,
        ["skipped"] = outcome.Skipped,
        ["worst"] = double.IsNaN(outcome.Worst) ? Beyond : Math.Min(outcome.Worst, Beyond),
        ["first_failure"] = outcome.FirstFailure,
    };

    static JsonObject Parse(FileStream file)
    {
        try
        {
            return file.Length == 0 ? [] : JsonNode.Parse(file)!.AsObject();
        }
        catch (JsonException)
        {
            // What is there is no report, so there is nothing in it to keep.
            return [];
        }
        finally
        {
            file.Position = 0;
        }
    }

    // Test processes of several projects may write at the same time.
    static FileStream Open(string path)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (attempt < 50)
            {
                Thread.Sleep(20);
            }
        }
    }
}

/// <summary>Writes the report when the tests of a group have run. (The test host gives no time to do so when the process ends.)</summary>
public sealed class GoldenReportFixture : IDisposable
{
    public void Dispose()
    {
        var path = Environment.GetEnvironmentVariable("TAPESTRY_GOLDEN_REPORT");
        if (!string.IsNullOrEmpty(path)) GoldenReport.Current.Write(path);
        var skips = Environment.GetEnvironmentVariable("TAPESTRY_GOLDEN_SKIPS");
        if (!string.IsNullOrEmpty(skips)) GoldenReport.Current.WriteSkips(skips);
    }
}
