using System.IO.Compression;

namespace Tapestry.Tests.Golden;

/// <summary>The files of one group, in a folder or in a ZIP file. Names use '/'.</summary>
abstract class GoldenFolder
{
    /// <summary>All files, sorted.</summary>
    internal abstract IReadOnlyList<string> Names { get; }

    /// <summary>The content of a file.</summary>
    internal abstract byte[] Read(string name);

    internal static GoldenFolder OfDirectory(string path) => new Plain(path);

    internal static GoldenFolder OfZip(string path) => new Packed(path);

    sealed class Plain(string path) : GoldenFolder
    {
        internal override IReadOnlyList<string> Names { get; } =
            [.. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(path, file).Replace('\\', '/')).Order(StringComparer.Ordinal)];

        internal override byte[] Read(string name) => File.ReadAllBytes(Path.Combine(path, name));
    }

    sealed class Packed : GoldenFolder
    {
        readonly ZipArchive archive;
        readonly Lock gate = new();

        internal Packed(string path)
        {
            archive = ZipFile.OpenRead(path);
            Names = [.. archive.Entries.Select(entry => entry.FullName).Order(StringComparer.Ordinal)];
        }

        internal override IReadOnlyList<string> Names { get; }

        internal override byte[] Read(string name)
        {
            // A ZIP archive reads for one thread at a time.
            lock (gate)
            {
                var entry = archive.GetEntry(name) ?? throw new FileNotFoundException($"The golden archive has no {name}.");
                var content = new byte[entry.Length];
                using var stream = entry.Open();
                stream.ReadExactly(content);
                return content;
            }
        }
    }
}
