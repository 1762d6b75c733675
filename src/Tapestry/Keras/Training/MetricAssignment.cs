using System.Collections;
using System.Runtime.CompilerServices;

namespace Tapestry.Keras;

/// <summary>
/// The metrics of a model: a list (<c>["mae", "accuracy"]</c>), with several outputs one entry per output, which may itself be a list, or a dictionary
/// by the names of outputs. Metrics, their names and functions convert by themselves.
/// </summary>
[CollectionBuilder(typeof(MetricAssignment), nameof(Create))]
public sealed class MetricAssignment : IEnumerable<MetricGroup?>
{
    readonly List<MetricGroup?> items = [];
    readonly Dictionary<string, MetricGroup?> named = [];

    /// <summary>Creates an empty assignment, to be filled by the names of outputs.</summary>
    public MetricAssignment()
    {
    }

    /// <summary>The metrics in order.</summary>
    internal IReadOnlyList<MetricGroup?> Items => items;

    /// <summary>The metrics by the names of the outputs.</summary>
    internal IReadOnlyDictionary<string, MetricGroup?> Named => named;

    /// <summary>The metrics of a named output.</summary>
    public MetricGroup? this[string output]
    {
        get => named[output];
        set => named[output] = value;
    }

    /// <summary>Metrics in order.</summary>
    public static MetricAssignment Create(ReadOnlySpan<MetricGroup?> metrics)
    {
        var assignment = new MetricAssignment();
        foreach (var metric in metrics) assignment.items.Add(metric);
        return assignment;
    }

    /// <summary>The metrics that are given in order.</summary>
    public IEnumerator<MetricGroup?> GetEnumerator() => items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>One or more metrics of one output.</summary>
[CollectionBuilder(typeof(MetricGroup), nameof(Create))]
public sealed class MetricGroup : IEnumerable<MetricChoice>
{
    readonly MetricChoice[] choices;

    MetricGroup(MetricChoice[] choices)
    {
        this.choices = choices;
    }

    /// <summary>The metric of a name.</summary>
    public static implicit operator MetricGroup(string name) => new([name]);

    /// <summary>One metric.</summary>
    public static implicit operator MetricGroup(Metric metric) => new([metric]);

    /// <summary>Metrics by their names.</summary>
    public static implicit operator MetricGroup(string[] names) => new([.. names.Select(name => (MetricChoice)name)]);

    /// <summary>Several metrics.</summary>
    public static MetricGroup Create(ReadOnlySpan<MetricChoice> metrics) => new(metrics.ToArray());

    /// <summary>The metrics.</summary>
    public IEnumerator<MetricChoice> GetEnumerator() => ((IEnumerable<MetricChoice>)choices).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>A metric, or a name that stands for one. What <c>"accuracy"</c> means follows from the shapes of targets and predictions.</summary>
public sealed class MetricChoice
{
    readonly Metric? metric;
    readonly string? name;

    MetricChoice(Metric? metric, string? name)
    {
        this.metric = metric;
        this.name = name;
        if (name is null || name.ToLowerInvariant() is "accuracy" or "acc" or "crossentropy" or "ce") return;
        // An unknown name is an error where it is written; a known one shows itself as it was typed.
        this.metric = name;
        this.metric.Name = name;
    }

    /// <summary>The metric of a name.</summary>
    public static implicit operator MetricChoice(string name) => new(null, name);

    /// <summary>A metric.</summary>
    public static implicit operator MetricChoice(Metric metric) => new(metric, null);

    /// <summary>The metric for targets and predictions of these shapes.</summary>
    internal Metric For(Tensor yTrue, Tensor yPred)
    {
        if (metric is not null) return metric;
        var kind = yPred.Shape[^1] == 1 ? 0 : Training.ShapeRules.AreLabels(yTrue, yPred) ? 1 : 2;
        Metric chosen = name!.ToLowerInvariant() is "accuracy" or "acc"
            ? kind switch { 0 => new Metrics.BinaryAccuracy(), 1 => new Metrics.SparseCategoricalAccuracy(), _ => new Metrics.CategoricalAccuracy() }
            : kind switch { 0 => new Metrics.BinaryCrossentropy(), 1 => new Metrics.SparseCategoricalCrossentropy(), _ => new Metrics.CategoricalCrossentropy() };
        chosen.Name = name;
        return chosen;
    }
}
