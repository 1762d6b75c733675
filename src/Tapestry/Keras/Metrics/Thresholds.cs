using System.Collections;
using System.Runtime.CompilerServices;

namespace Tapestry.Keras;

/// <summary>One threshold or several for probabilities: <c>thresholds: 0.5</c>, <c>thresholds: [0.3, 0.7]</c>. With several a metric has a result for each.</summary>
[CollectionBuilder(typeof(Thresholds), nameof(Create))]
public sealed class Thresholds : IReadOnlyList<double>
{
    readonly double[] values;

    Thresholds(double[] values, bool isSingle)
    {
        foreach (var value in values)
        {
            if (!(value is >= 0 and <= 1)) throw new TapestryException("Thresholds", "a threshold is outside its range", $"{value}", "numbers in [0, 1]");
        }

        if (values.Length == 0) throw new TapestryException("Thresholds", "there is no threshold", expected: "at least one");
        this.values = values;
        IsSingle = isSingle;
    }

    /// <summary>Whether a number was given, and not a list.</summary>
    internal bool IsSingle { get; }

    /// <inheritdoc/>
    public int Count => values.Length;

    /// <inheritdoc/>
    public double this[int index] => values[index];

    /// <summary>One threshold.</summary>
    public static implicit operator Thresholds(double value) => new([value], isSingle: true);

    /// <summary>Several thresholds.</summary>
    public static implicit operator Thresholds(double[] values) => new([.. values], isSingle: false);

    /// <summary>Several thresholds.</summary>
    /// <param name="values">The thresholds.</param>
    public static Thresholds Create(ReadOnlySpan<double> values) => new(values.ToArray(), isSingle: false);

    /// <inheritdoc/>
    public IEnumerator<double> GetEnumerator() => ((IEnumerable<double>)values).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
