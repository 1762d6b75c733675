namespace Tapestry.Compiler;

/// <summary>Numbers of operations in ascending order, each once.</summary>
// SortedSet does the same, but the runtime has to compile it for numbers before the first function can be planned.
sealed class NodeSet
{
    readonly List<int> numbers = [];

    /// <summary>How many there are.</summary>
    internal int Count => numbers.Count;

    /// <summary>The first number.</summary>
    internal int Min => numbers[0];

    /// <summary>The last number.</summary>
    internal int Max => numbers[^1];

    /// <summary>Whether a number is among them.</summary>
    internal bool Contains(int number) => numbers.BinarySearch(number) >= 0;

    /// <summary>Adds a number; false when it is there already.</summary>
    internal bool Add(int number)
    {
        var place = numbers.BinarySearch(number);
        if (place >= 0) return false;
        numbers.Insert(~place, number);
        return true;
    }

    /// <summary>Removes the first number.</summary>
    internal int TakeMin()
    {
        var first = numbers[0];
        numbers.RemoveAt(0);
        return first;
    }

    /// <summary>Adds all numbers of another set.</summary>
    internal void UnionWith(NodeSet other) => UnionWith(other.numbers);

    /// <summary>Adds all numbers of a list.</summary>
    internal void UnionWith(List<int> others)
    {
        foreach (var number in others) Add(number);
    }

    /// <summary>The numbers.</summary>
    internal int[] ToArray() => [.. numbers];

    /// <summary>Whether one number meets a condition.</summary>
    internal bool Any(Predicate<int> condition) => numbers.Exists(condition);

    /// <summary>The numbers that meet a condition.</summary>
    internal List<int> Where(Predicate<int> condition) => numbers.FindAll(condition);

    /// <summary>Goes through the numbers.</summary>
    public List<int>.Enumerator GetEnumerator() => numbers.GetEnumerator();
}
