using System.Collections;
using System.Runtime.CompilerServices;

namespace Tapestry.Keras;

/// <summary>
/// The weights of the losses of several outputs: a list in their order (<c>[1, 0.5]</c>), or a dictionary by their names.
/// </summary>
[CollectionBuilder(typeof(LossWeights), nameof(Create))]
public sealed class LossWeights : IEnumerable<double>
{
    readonly List<double> items = [];
    readonly Dictionary<string, double> named = [];

    /// <summary>Creates empty weights, to be filled by the names of outputs.</summary>
    public LossWeights()
    {
    }

    /// <summary>The weights by the order of the outputs.</summary>
    internal IReadOnlyList<double> Items => items;

    /// <summary>The weights by the names of the outputs.</summary>
    internal IReadOnlyDictionary<string, double> Named => named;

    /// <summary>The weight of a named output.</summary>
    public double this[string output]
    {
        get => named[output];
        set => named[output] = value;
    }

    /// <summary>One weight per output, in order.</summary>
    public static LossWeights Create(ReadOnlySpan<double> weights)
    {
        var result = new LossWeights();
        foreach (var weight in weights) result.items.Add(weight);
        return result;
    }

    /// <summary>The weights that are given in order.</summary>
    public IEnumerator<double> GetEnumerator() => items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
