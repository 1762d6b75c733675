using Tapestry.Keras.Configuration;

namespace Tapestry.Keras;

/// <summary>A callback that watches whether one of the numbers of an epoch gets better.</summary>
/// <remarks>Source: <c>keras.callbacks.MonitorCallback</c>.</remarks>
public abstract class MonitorCallback : Callback
{
    bool? greaterIsBetter;

    /// <summary>Creates the callback.</summary>
    /// <param name="monitor">The name of the number.</param>
    /// <param name="mode">Which direction is better; by default that of the metric.</param>
    /// <param name="minDelta">How much better counts as better.</param>
    private protected MonitorCallback(string monitor, MonitorMode mode, double minDelta)
    {
        Monitor = monitor;
        Mode = mode;
        MinDelta = Math.Abs(minDelta);
        greaterIsBetter = mode == MonitorMode.Auto ? null : mode == MonitorMode.Max;
    }

    /// <summary>The name of the number.</summary>
    public string Monitor { get; }

    /// <summary>Which direction is better.</summary>
    public MonitorMode Mode { get; }

    /// <summary>How much better counts as better.</summary>
    public double MinDelta { get; }

    /// <summary>The number of this epoch, or null when it is not there.</summary>
    private protected double? Value(Logs logs)
    {
        if (logs.TryGetValue(Monitor, out var value)) return value;
        Warning.Once($"{GetType().Name} watches '{Monitor}', which is not there. There is: {string.Join(", ", logs.Keys)}.");
        return null;
    }

    /// <summary>True when a value is better than another, which may not be there yet.</summary>
    private protected bool IsImprovement(double value, double? reference)
    {
        if (reference is not { } other) return true;
        return Upwards() ? value - MinDelta > other : value + MinDelta < other;
    }

    /// <summary>Finds out which direction is better, as soon as the metrics are there.</summary>
    private protected bool Upwards()
    {
        if (greaterIsBetter is { } known) return known;
        var name = Monitor.StartsWith("val_", StringComparison.Ordinal) ? Monitor[4..] : Monitor;
        var direction = name == "loss" ? false : Model.Trainer.Metrics.FirstOrDefault(metric => metric.Name == name)?.GreaterIsBetter;
        return (greaterIsBetter = direction ?? throw new TapestryException(
            GetType().Name,
            $"whether a greater '{Monitor}' is better cannot be told",
            $"mode: {Mode}",
            "the name of a metric with a direction",
            "Say mode: MonitorMode.Max or MonitorMode.Min.")).Value;
    }
}

/// <summary>Which direction of a watched number is better.</summary>
public enum MonitorMode
{
    /// <summary>That of the metric.</summary>
    Auto,

    /// <summary>Down.</summary>
    Min,

    /// <summary>Up.</summary>
    Max,
}
