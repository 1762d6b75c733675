using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Tapestry.Benchmarks.Measuring;

/// <summary>Writes results for readers and for programs.</summary>
static class ResultTable
{
    static readonly string[] titles = ["job", "threads", "ours ms", "libtorch ms", "best ms", "ORT ms", "ratio", "must", "aim", "limit share", "limit must", ""];
    static readonly JsonSerializerOptions indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The head of the table, with the widths that <see cref="Row"/> uses.</summary>
    internal static string Head() => Line(titles) + Environment.NewLine + "|" + string.Concat(titles.Select((_, column) => new string('-', Width(column) + 2) + "|"));

    /// <summary>One row.</summary>
    internal static string Row(JobResult result) => Line(
    [
        result.Job,
        result.Threads.ToString(CultureInfo.InvariantCulture),
        Time(result.Ours),
        Time(result.Libtorch),
        Time(result.LibtorchBest),
        Time(result.OnnxRuntime),
        Number(result.Ratio),
        Number(result.Must),
        Number(result.Aim),
        Number(result.LimitShare),
        Number(result.LimitMust),
        result.Misses ? "misses" : "",
    ]);

    /// <summary>The whole page: facts, table, jobs that failed.</summary>
    internal static string Page(IReadOnlyList<string> facts, IReadOnlyList<JobResult> results, IReadOnlyList<string> failures)
    {
        var page = new StringBuilder("# Results\n\nWritten by the benchmarks themselves; [README.md](README.md) says what the columns mean.\n\n");
        foreach (var fact in facts) page.Append("* ").Append(fact).Append('\n');
        page.Append('\n').Append(Head().ReplaceLineEndings("\n")).Append('\n');
        foreach (var result in results) page.Append(Row(result)).Append('\n');
        if (failures.Count > 0) page.Append("\nNot measured, because the results disagree or the job failed:\n\n");
        foreach (var failure in failures) page.Append("* ").Append(failure).Append('\n');
        return page.ToString();
    }

    /// <summary>Writes the list that programs read.</summary>
    internal static void WriteJson(string path, IReadOnlyList<JobResult> results) => File.WriteAllText(path, JsonSerializer.Serialize(results, indented) + "\n");

    static string Line(IReadOnlyList<string> cells)
    {
        var line = new StringBuilder("|");
        for (var column = 0; column < cells.Count; column++)
        {
            var cell = column == 0 ? cells[column].PadRight(Width(column)) : cells[column].PadLeft(Width(column));
            line.Append(' ').Append(cell).Append(" |");
        }

        return line.ToString();
    }

    static int Width(int column) => column == 0 ? 60 : Math.Max(titles[column].Length, 6);

    static string Time(double? milliseconds) => milliseconds switch
    {
        null => "",
        < 0.01 => milliseconds.Value.ToString("0.000000", CultureInfo.InvariantCulture),
        < 1 => milliseconds.Value.ToString("0.0000", CultureInfo.InvariantCulture),
        _ => milliseconds.Value.ToString("0.00", CultureInfo.InvariantCulture),
    };

    static string Number(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "";
}
