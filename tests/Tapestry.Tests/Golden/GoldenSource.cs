namespace Tapestry.Tests.Golden;

/// <summary>Where the numbers of the originals come from: the folder in <c>TAPESTRY_GOLDEN</c>, else the archives beside the tests.</summary>
sealed class GoldenSource
{
    readonly Dictionary<string, GoldenGroup> groups;

    /// <summary>Opens a folder that has one folder or one ZIP file per group.</summary>
    internal GoldenSource(string path)
    {
        if (!Directory.Exists(path)) throw new DirectoryNotFoundException($"The golden folder {path} does not exist; TAPESTRY_GOLDEN must name one, or be empty.");
        var folders = Directory.GetDirectories(path).Select(folder => (Name: Path.GetFileName(folder), Files: new Lazy<GoldenFolder>(() => GoldenFolder.OfDirectory(folder))));
        var archives = Directory.GetFiles(path, "*.zip").Select(file => (Name: Path.GetFileNameWithoutExtension(file), Files: new Lazy<GoldenFolder>(() => GoldenFolder.OfZip(file))));
        groups = folders.Concat(archives).ToDictionary(group => group.Name, group => new GoldenGroup(group.Name, group.Files));
    }

    /// <summary>The source of this test run.</summary>
    internal static GoldenSource Default => Source.Value;

    /// <summary>The group of a name; null when the folder does not have it.</summary>
    internal GoldenGroup? Open(string group) => groups.GetValueOrDefault(group);

    static readonly Lazy<GoldenSource> Source = new(() =>
    {
        var given = Environment.GetEnvironmentVariable("TAPESTRY_GOLDEN");
        return new GoldenSource(string.IsNullOrEmpty(given) ? Repository.PathOf("tests", "Tapestry.Tests", "Golden", "data") : given);
    });
}
