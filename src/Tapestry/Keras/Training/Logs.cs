using System.Collections;

namespace Tapestry.Keras;

/// <summary>The numbers of a batch or an epoch by their names, in the order in which they are shown. Callbacks may add to them.</summary>
public sealed class Logs : IReadOnlyDictionary<string, double>
{
    readonly List<string> order = [];
    readonly Dictionary<string, double> values = [];

    /// <summary>What a model predicted for the batch; only after a batch of <c>Predict</c>.</summary>
    public Nest? Outputs { get; init; }

    /// <summary>The number of entries.</summary>
    public int Count => order.Count;

    /// <summary>The names in order.</summary>
    public IEnumerable<string> Keys => order;

    /// <summary>The numbers in order.</summary>
    public IEnumerable<double> Values => order.Select(key => values[key]);

    /// <summary>The number of a name; setting an unknown name adds it at the end.</summary>
    /// <exception cref="TapestryException">There is no such name.</exception>
    public double this[string key]
    {
        get => values.TryGetValue(key, out var value) ? value : throw new TapestryException("Logs", "no entry of this name", $"\"{key}\"", string.Join(", ", order));
        set
        {
            if (!values.ContainsKey(key)) order.Add(key);
            values[key] = value;
        }
    }

    /// <summary>True when there is an entry of this name.</summary>
    public bool ContainsKey(string key) => values.ContainsKey(key);

    /// <summary>The number of a name, if there is one.</summary>
    public bool TryGetValue(string key, out double value) => values.TryGetValue(key, out value);

    /// <summary>The entries in order.</summary>
    public IEnumerator<KeyValuePair<string, double>> GetEnumerator() => order.Select(key => KeyValuePair.Create(key, values[key])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The entries as <c>loss: 0.12 - mae: 0.3</c>.</summary>
    public override string ToString() => string.Join(" - ", this.Select(entry => FormattableString.Invariant($"{entry.Key}: {entry.Value}")));
}
