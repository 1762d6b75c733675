namespace Tapestry.Tests;

/// <summary>Finds the files of the repository that the tests read.</summary>
static class Repository
{
    /// <summary>The folder of the solution. It is looked for upwards from the test assembly, so that nothing depends on where it was built.</summary>
    internal static string Root { get; } = Find();

    /// <summary>A path inside the repository.</summary>
    internal static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Tapestry.slnx"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException($"No Tapestry.slnx above {AppContext.BaseDirectory}: run the tests inside the repository.");
    }
}
