using System.Text.Json;

namespace Tapestry.Tests.Golden;

/// <summary>One group of golden files, such as <c>layers</c>, and the objects in it.</summary>
sealed class GoldenGroup
{
    readonly Lazy<GoldenFolder> folder;
    readonly Lazy<Dictionary<string, GoldenObject>> objects;

    internal GoldenGroup(string name, Lazy<GoldenFolder> folder)
    {
        Name = name;
        this.folder = folder;
        objects = new(() => (Files.Contains("hostile/EXPECT.jsonl") ? ListedFiles() : Documents()).ToDictionary(found => found.Name));
    }

    internal string Name { get; }

    /// <summary>The objects: one per JSON file, named by its path without the ending; in the group <c>files</c>, one per listed file.</summary>
    internal IReadOnlyCollection<GoldenObject> Objects => objects.Value.Values;

    /// <summary>All files of the group, by their paths inside it.</summary>
    internal IReadOnlyList<string> Files => folder.Value.Names;

    /// <summary>The object of a name.</summary>
    internal GoldenObject Object(string objectName) => objects.Value[objectName];

    /// <summary>The content of a file of the group.</summary>
    internal byte[] Read(string path) => folder.Value.Read(path);

    /// <summary>A JSON file of the group.</summary>
    internal JsonElement ReadJson(string path) => JsonElement.Parse(Read(path));

    IEnumerable<GoldenObject> Documents() =>
        from path in Files
        where path.EndsWith(".json", StringComparison.Ordinal) && Path.GetFileName(path) != "INDEX.json"
        select new GoldenObject(this, path[..^5], () => ReadJson(path));

    IEnumerable<GoldenObject> ListedFiles()
    {
        foreach (var entry in ReadJson("INDEX.json").GetProperty("files").EnumerateArray())
            yield return new GoldenObject(this, entry.GetProperty("id").GetString()!, () => entry);
        foreach (var line in System.Text.Encoding.UTF8.GetString(Read("hostile/EXPECT.jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var entry = JsonElement.Parse(line);
            yield return new GoldenObject(this, entry.GetProperty("path").GetString()!, () => entry);
        }
    }
}
