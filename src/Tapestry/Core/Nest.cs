using System.Collections;
using System.Runtime.CompilerServices;

namespace Tapestry;

/// <summary>
/// A tensor, or a list, tuple or dictionary of such nests: what goes into and comes out of models and functions with several
/// inputs or outputs. Everything that counts as a nest converts to one by itself.
/// </summary>
/// <remarks>
/// Source: <c>tf.nest</c>. Flattened from left to right, dictionaries in the order of their sorted keys. A list is written <c>[a, b]</c>.
/// </remarks>
[CollectionBuilder(typeof(Nest), nameof(Create))]
public sealed class Nest : IEnumerable<Nest>
{
    readonly object? value;

    Nest(object? value, NestKind kind)
    {
        this.value = value;
        Kind = kind;
    }

    /// <summary>What this is: one value, or a list, tuple or dictionary of nests.</summary>
    internal NestKind Kind { get; }

    /// <summary>The value of a leaf: a tensor, a variable, null, or any other object.</summary>
    internal object? Leaf => Kind == NestKind.Leaf ? value : throw new TapestryException("Nest", "not a single value", Describe(), "one tensor", "Index the nest.");

    /// <summary>True for a single tensor.</summary>
    public bool IsTensor => Kind == NestKind.Leaf && value is Tensor or Variable;

    /// <summary>The number of direct members: 1 for a single value.</summary>
    public int Count => Kind switch { NestKind.Leaf => 1, NestKind.Dictionary => Entries.Count, _ => Items.Count };

    /// <summary>The keys of a dictionary in sorted order; empty for anything else.</summary>
    public IReadOnlyList<string> Keys => Kind == NestKind.Dictionary ? [.. Entries.Keys] : [];

    internal IReadOnlyList<Nest> Items => (IReadOnlyList<Nest>)value!;

    internal SortedDictionary<string, Nest> Entries => (SortedDictionary<string, Nest>)value!;

    /// <summary>A member of a list or tuple.</summary>
    /// <exception cref="TapestryException">This is no list, or has no such member.</exception>
    public Nest this[int index] => Kind is NestKind.List or NestKind.Tuple && index >= 0 && index < Items.Count
        ? Items[index]
        : Kind == NestKind.Leaf && index == 0 ? this : throw new TapestryException("Nest", $"no member [{index}]", Describe(), "an index inside a list or tuple");

    /// <summary>A member of a dictionary.</summary>
    /// <exception cref="TapestryException">This is no dictionary, or has no such key.</exception>
    public Nest this[string key] => Kind == NestKind.Dictionary && Entries.TryGetValue(key, out var entry)
        ? entry
        : throw new TapestryException("Nest", $"no member \"{key}\"", Describe(), "a key of the dictionary");

    /// <summary>A nest of one tensor.</summary>
    public static implicit operator Nest(Tensor tensor) => new(tensor, NestKind.Leaf);

    /// <summary>A nest of one variable.</summary>
    public static implicit operator Nest(Variable variable) => new(variable, NestKind.Leaf);

    /// <summary>A nest of one tensor with the elements of an array of any rank.</summary>
    /// <exception cref="TapestryException">The element type has no dtype, or inner arrays have different lengths.</exception>
    public static implicit operator Nest(Array values) => (Tensor)values;

    /// <summary>A list of tensors.</summary>
    public static implicit operator Nest(Tensor[] tensors) => List(tensors.Select(tensor => (Nest)tensor));

    /// <summary>A list of tensors.</summary>
    public static implicit operator Nest(List<Tensor> tensors) => List(tensors.Select(tensor => (Nest)tensor));

    /// <summary>A list of variables.</summary>
    public static implicit operator Nest(Variable[] variables) => List(variables.Select(variable => (Nest)variable));

    /// <summary>A list of nests.</summary>
    public static implicit operator Nest(Nest[] nests) => List(nests);

    /// <summary>A dictionary of tensors.</summary>
    public static implicit operator Nest(Dictionary<string, Tensor> tensors) => Dictionary(tensors.Select(entry => KeyValuePair.Create(entry.Key, (Nest)entry.Value)));

    /// <summary>A dictionary of nests.</summary>
    public static implicit operator Nest(Dictionary<string, Nest> nests) => Dictionary(nests);

    /// <summary>A tuple of two tensors.</summary>
    public static implicit operator Nest((Tensor, Tensor) tuple) => Tuple([tuple.Item1, tuple.Item2]);

    /// <summary>A tuple of three tensors.</summary>
    public static implicit operator Nest((Tensor, Tensor, Tensor) tuple) => Tuple([tuple.Item1, tuple.Item2, tuple.Item3]);

    /// <summary>The tensor of a nest of one.</summary>
    /// <exception cref="TapestryException">The nest holds anything but one tensor.</exception>
    public static implicit operator Tensor(Nest nest) => nest.Single();

    /// <summary>A list of nests; this is what <c>[a, b]</c> calls.</summary>
    public static Nest Create(ReadOnlySpan<Nest> items) => new(items.ToArray(), NestKind.List);

    /// <summary>A list of nests.</summary>
    public static Nest List(IEnumerable<Nest> items) => new(items.ToArray(), NestKind.List);

    /// <summary>A tuple of nests. Lists and tuples differ as structures, as they do in Python.</summary>
    public static Nest Tuple(IEnumerable<Nest> items) => new(items.ToArray(), NestKind.Tuple);

    /// <summary>A dictionary of nests.</summary>
    public static Nest Dictionary(IEnumerable<KeyValuePair<string, Nest>> entries) =>
        new(new SortedDictionary<string, Nest>(entries.ToDictionary(entry => entry.Key, entry => entry.Value), StringComparer.Ordinal), NestKind.Dictionary);

    /// <summary>The only tensor; a list of one counts as well.</summary>
    /// <exception cref="TapestryException">There are several, or none.</exception>
    public Tensor Single()
    {
        var leaves = FlattenLeaves();
        if (leaves.Count == 1) return AsTensor(leaves[0], this);
        throw new TapestryException("Nest", "not exactly one tensor", Describe(), "one tensor", "Use Flatten, or index the nest.");
    }

    /// <summary>Takes a pair apart: <c>var (x, y) = element</c>.</summary>
    /// <exception cref="TapestryException">This is no list or tuple of two tensors.</exception>
    public void Deconstruct(out Tensor first, out Tensor second)
    {
        RequireCount(2);
        (first, second) = (Items[0].Single(), Items[1].Single());
    }

    /// <summary>Takes a triple apart: <c>var (x, y, weight) = element</c>.</summary>
    /// <exception cref="TapestryException">This is no list or tuple of three tensors.</exception>
    public void Deconstruct(out Tensor first, out Tensor second, out Tensor third)
    {
        RequireCount(3);
        (first, second, third) = (Items[0].Single(), Items[1].Single(), Items[2].Single());
    }

    /// <summary>All tensors from left to right; variables are read.</summary>
    /// <exception cref="TapestryException">A leaf is no tensor.</exception>
    public IReadOnlyList<Tensor> Flatten() => [.. FlattenLeaves().Select(leaf => AsTensor(leaf, this))];

    /// <summary>The same structure with another value at each leaf.</summary>
    /// <param name="change">Called with each tensor, from left to right.</param>
    public Nest Map(Func<Tensor, Tensor> change) => MapLeaves(leaf => leaf is null ? null : change(AsTensor(leaf, this)));

    /// <summary>A single tensor as it prints itself; of a structure the shapes and dtypes of its members.</summary>
    public override string ToString() => Kind == NestKind.Leaf && value is Tensor tensor ? tensor.ToString() : Describe();

    /// <summary>Shapes and dtypes, for messages.</summary>
    internal string Describe() => Kind switch
    {
        NestKind.Leaf => value switch { null => "null", Tensor tensor => tensor.Spec.ToString(), Variable variable => new TensorSpec(variable.Shape, variable.DType).ToString(), var other => other.ToString()! },
        NestKind.List => $"[{string.Join(", ", Items.Select(item => item.Describe()))}]",
        NestKind.Tuple => $"({string.Join(", ", Items.Select(item => item.Describe()))}{(Items.Count == 1 ? "," : "")})",
        _ => $"{{{string.Join(", ", Entries.Select(entry => $"\"{entry.Key}\": {entry.Value.Describe()}"))}}}",
    };

    /// <summary>The direct members; of a single value, that value; of a dictionary, the values in the order of the keys.</summary>
    public IEnumerator<Nest> GetEnumerator() => (Kind switch { NestKind.Leaf => [this], NestKind.Dictionary => (IEnumerable<Nest>)Entries.Values, _ => Items }).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>A nest of anything that structures are made of; what is none of them becomes a leaf.</summary>
    internal static Nest Of(object? structure) => structure switch
    {
        Nest nest => nest,
        null or Tensor or Variable or string or Shape => new Nest(structure, NestKind.Leaf),
        ITuple tuple => Tuple(Enumerable.Range(0, tuple.Length).Select(i => Of(tuple[i]))),
        IDictionary dictionary => Dictionary(dictionary.Keys.Cast<object>().Select(key => KeyValuePair.Create(key.ToString()!, Of(dictionary[key])))),
        IEnumerable<KeyValuePair<string, Tensor>> pairs => Dictionary(pairs.Select(pair => KeyValuePair.Create(pair.Key, (Nest)pair.Value))),
        Array array when array.GetType().GetElementType() is { } element && (element.IsPrimitive || element.IsArray) => new Nest((Tensor)array, NestKind.Leaf),
        IEnumerable list => List(list.Cast<object?>().Select(Of)),
        _ => new Nest(structure, NestKind.Leaf),
    };

    /// <summary>All leaves from left to right.</summary>
    internal List<object?> FlattenLeaves()
    {
        var leaves = new List<object?>();
        Collect(leaves);
        return leaves;
    }

    /// <summary>The same structure with other leaves.</summary>
    internal Nest MapLeaves(Func<object?, object?> change) => Kind switch
    {
        NestKind.Leaf => new Nest(change(value), NestKind.Leaf),
        NestKind.Dictionary => Dictionary(Entries.Select(entry => KeyValuePair.Create(entry.Key, entry.Value.MapLeaves(change)))),
        _ => new Nest(Items.Select(item => item.MapLeaves(change)).ToArray(), Kind),
    };

    /// <summary>The same structure with the given leaves from left to right.</summary>
    internal Nest Pack(IReadOnlyList<object?> leaves)
    {
        var next = 0;
        return MapLeaves(_ => leaves[next++]);
    }

    /// <summary>The structure without its leaves: equal texts are equal structures.</summary>
    internal string Structure() => Kind switch
    {
        NestKind.Leaf => "*",
        NestKind.List => $"[{string.Join(",", Items.Select(item => item.Structure()))}]",
        NestKind.Tuple => $"({string.Join(",", Items.Select(item => item.Structure()))},)",
        _ => $"{{{string.Join(",", Entries.Select(entry => $"{entry.Key}:{entry.Value.Structure()}"))}}}",
    };

    void RequireCount(int count)
    {
        if (Kind is NestKind.List or NestKind.Tuple && Items.Count == count) return;
        throw new TapestryException("Nest", $"not a list or tuple of {count}", Describe(), $"{count} members");
    }

    static Tensor AsTensor(object? leaf, Nest nest) => leaf switch
    {
        Tensor tensor => tensor,
        Variable variable => variable.Value,
        float number => number,
        double number => number,
        int number => number,
        long number => number,
        bool truth => truth,
        Array array => array,
        _ => throw new TapestryException("Nest", "a member is no tensor", $"{leaf ?? "null"} in {nest}", "tensors"),
    };

    void Collect(List<object?> leaves)
    {
        if (Kind == NestKind.Leaf)
        {
            leaves.Add(value);
            return;
        }

        foreach (var item in Kind == NestKind.Dictionary ? (IEnumerable<Nest>)Entries.Values : Items) item.Collect(leaves);
    }
}

/// <summary>The kinds of <see cref="Nest"/>.</summary>
enum NestKind : byte
{
    /// <summary>One value.</summary>
    Leaf,

    /// <summary>A list.</summary>
    List,

    /// <summary>A tuple.</summary>
    Tuple,

    /// <summary>A dictionary with texts as keys.</summary>
    Dictionary,
}
