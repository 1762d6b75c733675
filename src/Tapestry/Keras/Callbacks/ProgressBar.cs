using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Tapestry.Keras;

/// <summary>Draws how far a loop has come, with averages of numbers beside it, as Keras does. Source: <c>keras.utils.Progbar</c>.</summary>
public sealed class ProgressBar
{
    const int Width = 20;
    const double Interval = 0.05;

    readonly int verbose;
    readonly IReadOnlySet<string> stateful;
    readonly string unit;
    readonly TextWriter output;
    readonly List<string> order = [];
    readonly Dictionary<string, (double Sum, double Count)> values = [];
    readonly long start = Stopwatch.GetTimestamp();
    double? afterFirstStep;
    double lastDrawing = double.NegativeInfinity;
    int seen;
    int lastWidth;

    /// <summary>Starts the clock.</summary>
    /// <param name="target">The number of steps; null when it is unknown.</param>
    /// <param name="verbose">0 draws nothing, 1 a bar, 2 one line at the end.</param>
    /// <param name="statefulMetrics">The names of numbers that are shown as they come, not averaged.</param>
    /// <param name="unitName">What a step is called.</param>
    /// <param name="output">Where to draw; the console by default.</param>
    public ProgressBar(int? target, int verbose = 1, IEnumerable<string>? statefulMetrics = null, string unitName = "step", TextWriter? output = null)
    {
        Target = target;
        this.verbose = verbose;
        stateful = statefulMetrics?.ToHashSet() ?? [];
        unit = unitName;
        this.output = output ?? Console.Out;
    }

    /// <summary>The number of steps; null when it is unknown.</summary>
    public int? Target { get; internal set; }

    /// <summary>The least time between two drawings, in seconds.</summary>
    internal double LeastInterval { get; init; } = Interval;

    double Now => Stopwatch.GetElapsedTime(start).TotalSeconds;

    /// <summary>Draws the bar anew, if the last drawing was not just now.</summary>
    /// <param name="current">The number of steps done.</param>
    /// <param name="numbers">Numbers to show.</param>
    /// <param name="finalize">Whether this is the last drawing; by default when the target is reached. Numbers are then shown as they are.</param>
    public void Update(int current, IEnumerable<KeyValuePair<string, double>>? numbers = null, bool? finalize = null)
    {
        var isLast = finalize ?? current >= Target;
        foreach (var (key, value) in numbers ?? []) Note(key, value, current, isLast);
        seen = current;
        var now = Now;
        var perStep = StepDuration(current, now);
        if (verbose == 1 && (isLast || now - lastDrawing >= LeastInterval)) DrawBar(current, now, perStep, isLast);
        else if (verbose == 2 && isLast) DrawLine(current, now, perStep);
        else return;
        lastDrawing = now;
    }

    /// <summary>Draws the bar for so many steps more.</summary>
    public void Add(int steps, IEnumerable<KeyValuePair<string, double>>? numbers = null) => Update(seen + steps, numbers);

    void Note(string key, double value, int current, bool isLast)
    {
        if (!values.TryGetValue(key, out var sum)) order.Add(key);
        var steps = Math.Max(current - seen, 1);
        values[key] = isLast || stateful.Contains(key) ? (value, 1) : (sum.Sum + value * steps, sum.Count + steps);
    }

    // The first step is much slower than the others, so that it would spoil the estimate.
    double StepDuration(int current, double now)
    {
        if (current == 0) return 0;
        var duration = afterFirstStep is { } first && current > 1 ? (now - first) / (current - 1) : now / current;
        if (current == 1) afterFirstStep = now;
        return duration;
    }

    void DrawBar(int current, double now, double perStep, bool isLast)
    {
        var (bar, invisible) = Bar(current);
        var info = new StringBuilder();
        var time = Target is { } target && !isLast ? Remaining(perStep * (target - current)) : $"{Rounded(now)}s";
        info.Append($" \x1b[1m{time}\x1b[0m").Append(PerStep(perStep));
        foreach (var key in order) info.Append(" - ").Append(key).Append(": ").Append(Number(Average(key), Math.Abs(Average(key))));
        var width = bar.Length + info.Length - invisible - 8;
        output.Write(new string('\b', lastWidth) + "\r" + bar + info + new string(' ', Math.Max(0, lastWidth - width)) + (isLast ? "\n" : ""));
        output.Flush();
        lastWidth = width;
    }

    (string Bar, int Invisible) Bar(int current)
    {
        if (Target is not { } target) return (current.ToString(CultureInfo.InvariantCulture).PadLeft(7) + "/Unknown", 0);
        var done = (int)(Width * ((double)current / target));
        var bar = new StringBuilder($"\x1b[1m{Padded(current, target)}/{target}\x1b[0m ");
        if (done > 0) bar.Append("\x1b[32m").Append('━', done).Append("\x1b[0m");
        bar.Append("\x1b[37m").Append('━', Math.Max(0, Width - done)).Append("\x1b[0m");
        return (bar.ToString(), done > 0 ? 26 : 17);
    }

    void DrawLine(int current, double now, double perStep)
    {
        var line = new StringBuilder($"{Padded(current, Target ?? current)}/{Target ?? current} - {Rounded(now)}s -{PerStep(perStep)}");
        foreach (var key in order) line.Append(" - ").Append(key).Append(": ").Append(Number(Average(key), Average(key)));
        output.Write(line.Append('\n').ToString());
        output.Flush();
    }

    double Average(string key) => values[key].Sum / Math.Max(1, values[key].Count);

    static string Padded(int current, int target) => current.ToString(CultureInfo.InvariantCulture).PadLeft(target.ToString(CultureInfo.InvariantCulture).Length);

    static string Rounded(double seconds) => Math.Round(seconds).ToString(CultureInfo.InvariantCulture);

    static string Remaining(double seconds)
    {
        var whole = (int)seconds;
        return seconds > 3600 ? $"{whole / 3600}:{whole % 3600 / 60:00}:{whole % 60:00}"
            : seconds > 60 ? $"{whole / 60}:{whole % 60:00}"
            : $"{whole}s";
    }

    string PerStep(double seconds) =>
        seconds is >= 1 or 0 ? $" {Rounded(seconds)}s/{unit}"
        : seconds >= 1e-3 ? $" {Rounded(seconds * 1e3)}ms/{unit}"
        : $" {Rounded(seconds * 1e6)}us/{unit}";

    static string Number(double value, double size)
    {
        if (double.IsNaN(value)) return "nan";
        if (double.IsInfinity(value)) return value > 0 ? "inf" : "-inf";
        return size > 1e-3 ? value.ToString("F4", CultureInfo.InvariantCulture) : Scientific(value);
    }

    // C's %.4e has two digits of exponent at least.
    static string Scientific(double value) => value.ToString("0.0000e+00", CultureInfo.InvariantCulture);
}
