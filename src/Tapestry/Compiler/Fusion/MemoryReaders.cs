namespace Tapestry.Compiler;

/// <summary>Which values are read from memory, once it is settled what each group computes: by others than their maker's group, and by groups that compute a reader again but not the value.</summary>
sealed class MemoryReaders
{
    readonly Dictionary<GraphValue, int> makers;
    readonly Dictionary<GraphValue, List<int>> readers;
    readonly FusionGroup?[] groups;
    readonly Dictionary<int, List<FusionGroup>> copiers = [];

    /// <param name="makers">The operation that makes a value.</param>
    /// <param name="readers">The operations that read a value.</param>
    /// <param name="groups">The group of each operation.</param>
    internal MemoryReaders(Dictionary<GraphValue, int> makers, Dictionary<GraphValue, List<int>> readers, FusionGroup?[] groups)
    {
        (this.makers, this.readers, this.groups) = (makers, readers, groups);
        var seen = new HashSet<FusionGroup>();
        foreach (var group in groups)
        {
            if (group is null || !seen.Add(group)) continue;
            foreach (var copied in group.Copies)
            {
                if (!copiers.TryGetValue(copied, out var list)) copiers.Add(copied, list = []);
                list.Add(group);
            }
        }
    }

    /// <summary>Whether a value must be in memory for somebody beside its own group.</summary>
    /// <param name="value">The value.</param>
    /// <param name="owner">The group that makes it; null where an operation alone makes it.</param>
    internal bool Exist(GraphValue value, FusionGroup? owner)
    {
        if (!readers.TryGetValue(value, out var list)) return false;
        var maker = makers[value];
        return list.Exists(reader =>
            (owner?.Members.Contains(reader) != true && groups[reader]?.Copies.Contains(maker) != true)
            || (copiers.TryGetValue(reader, out var others) && others.Exists(group => group != owner && !group.Members.Contains(maker) && !group.Copies.Contains(maker))));
    }
}
