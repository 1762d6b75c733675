namespace Tapestry.Keras;

/// <summary>The numbers of all epochs of one call of <c>Fit</c>, which returns it. Source: <c>keras.callbacks.History</c>.</summary>
public sealed class History : Callback
{
    readonly List<int> epochs = [];
    readonly List<string> order = [];
    readonly Dictionary<string, List<double>> values = [];

    /// <summary>The numbers of the epochs, counted from 0.</summary>
    public IReadOnlyList<int> Epochs => epochs;

    /// <summary>The names of the numbers, in the order in which they appeared.</summary>
    public IReadOnlyList<string> Keys => order;

    /// <summary>One number per epoch (for those of the validation, per validation).</summary>
    /// <param name="key">A name such as <c>"loss"</c> or <c>"val_loss"</c>.</param>
    /// <exception cref="TapestryException">There is no such name.</exception>
    public IReadOnlyList<double> this[string key] => values.TryGetValue(key, out var list)
        ? list
        : throw new TapestryException("History", "no numbers of this name", $"\"{key}\"", string.Join(", ", order));

    /// <summary>True when there are numbers of this name.</summary>
    public bool Contains(string key) => values.ContainsKey(key);

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs logs)
    {
        epochs.Clear();
        order.Clear();
        values.Clear();
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        epochs.Add(epoch);
        foreach (var (key, value) in logs)
        {
            if (!values.TryGetValue(key, out var list))
            {
                values.Add(key, list = []);
                order.Add(key);
            }

            list.Add(value);
        }
    }
}
