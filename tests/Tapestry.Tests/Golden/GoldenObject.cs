using System.Text.Json;
using Tapestry.IO;

namespace Tapestry.Tests.Golden;

/// <summary>One object of a group (a layer, an operation, a program …): its JSON, its cases and its arrays, each read when first asked for.</summary>
sealed class GoldenObject
{
    readonly Lazy<JsonElement> document;
    readonly Lazy<IReadOnlyList<GoldenCase>> cases;
    readonly Lazy<NpzArchive> arrays;
    readonly Lock gate = new();

    internal GoldenObject(GoldenGroup group, string name, Func<JsonElement> read)
    {
        Group = group;
        Name = name;
        document = new(read);
        cases = new(() => [.. FindCases()]);
        arrays = new(OpenArrays);
    }

    internal GoldenGroup Group { get; }

    /// <summary>The file's path in the group without its ending, such as <c>Dense</c>, <c>keras.ops.add</c> or <c>zoo/ResNet50</c>.</summary>
    internal string Name { get; }

    /// <summary>The whole JSON file.</summary>
    internal JsonElement Document => document.Value;

    /// <summary>The cases (or programs); an object that is one table or one file is one case.</summary>
    internal IReadOnlyList<GoldenCase> Cases => cases.Value;

    /// <summary>The array of an npz key.</summary>
    internal Tensor Array(string key)
    {
        lock (gate) return arrays.Value.Read(key);
    }

    IEnumerable<GoldenCase> FindCases()
    {
        foreach (var list in new[] { "cases", "programs" })
        {
            if (!Document.TryGetProperty(list, out var found) || found.ValueKind != JsonValueKind.Array || found.GetArrayLength() == 0) continue;
            var index = 0;
            foreach (var each in found.EnumerateArray())
                yield return new GoldenCase(this, each.TryGetProperty("name", out var name) ? name.GetString()! : $"c{index:00}", each) { Index = index++ };
            yield break;
        }

        yield return new GoldenCase(this, "whole", Document);
    }

    NpzArchive OpenArrays()
    {
        var path = Name + ".npz";
        if (Document.TryGetProperty("arrays", out var named) && named.ValueKind == JsonValueKind.String)
        {
            path = named.GetString()!;
            var beside = Path.GetDirectoryName(Name) is { Length: > 0 } folder ? $"{folder}/{path}" : path;
            if (Group.Files.Contains(beside)) path = beside;
        }

        return new NpzArchive(new MemoryStream(Group.Read(path)), $"{Group.Name}/{path}");
    }
}
