using System.IO.Compression;

namespace Tapestry.IO;

/// <summary>Reads arrays by name from NumPy's <c>.npz</c>: a ZIP file with one <c>.npy</c> per array. Names are keys and never paths.</summary>
sealed class NpzArchive : IDisposable
{
    // Deflate cannot shrink anything further; what claims more is made to exhaust memory.
    const long StrongestCompression = 1032;

    readonly string subject;
    readonly ZipArchive archive;
    readonly Dictionary<string, ZipArchiveEntry> entries = [];

    /// <summary>Opens an archive; arrays are read when they are asked for.</summary>
    /// <param name="stream">A stream that can seek; it is closed with the archive.</param>
    /// <param name="subject">The name for error messages.</param>
    /// <exception cref="TapestryException">The bytes are no ZIP file, or two arrays have the same name.</exception>
    internal NpzArchive(Stream stream, string subject)
    {
        this.subject = subject;
        try
        {
            archive = new ZipArchive(stream, ZipArchiveMode.Read);
            foreach (var entry in archive.Entries)
            {
                var name = entry.FullName.EndsWith(".npy", StringComparison.Ordinal) ? entry.FullName[..^4] : entry.FullName;
                if (!entries.TryAdd(name, entry)) throw new TapestryException(subject, "two arrays have the same name", $"\"{name}\"", "one array for each name");
            }
        }
        catch (InvalidDataException fault)
        {
            throw new TapestryException(subject, "not a ZIP file, or a damaged one", fault.Message, "an .npz file", inner: fault);
        }
    }

    /// <summary>The names of the arrays, in the order of the file.</summary>
    internal IReadOnlyCollection<string> Names => entries.Keys;

    /// <summary>Opens the archive in a file.</summary>
    internal static NpzArchive Open(string path) => new(File.OpenRead(path), path);

    /// <summary>Writes arrays. Equal arrays give equal bytes, at any time and place.</summary>
    /// <param name="stream">Where to write; it stays open.</param>
    /// <param name="arrays">Names (without <c>.npy</c>) and values.</param>
    /// <param name="compress">Whether to deflate the arrays, as <c>numpy.savez_compressed</c> does.</param>
    internal static void Write(Stream stream, IEnumerable<KeyValuePair<string, Tensor>> arrays, bool compress = false)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var (name, tensor) in arrays)
        {
            var entry = archive.CreateEntry(name + ".npy", compress ? CompressionLevel.Optimal : CompressionLevel.NoCompression);
            // The oldest time that a ZIP file can hold.
            entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
            using var content = entry.Open();
            NpyFile.Write(content, tensor);
        }
    }

    /// <summary>Whether there is an array of this name.</summary>
    internal bool Contains(string name) => entries.ContainsKey(name);

    /// <summary>The array of a name.</summary>
    /// <exception cref="TapestryException">There is none, or it is damaged.</exception>
    internal Tensor Read(string name)
    {
        if (!entries.TryGetValue(name, out var entry))
            throw new TapestryException(subject, "no array of this name", $"\"{name}\"", entries.Count == 0 ? "the archive is empty" : string.Join(", ", entries.Keys.Take(20)));
        var place = $"{subject}[{name}]";
        if (entry.Length > (entry.CompressedLength * StrongestCompression) + 64)
            throw new TapestryException(place, "the archive claims more than it can hold", $"{entry.Length} bytes out of {entry.CompressedLength}", "an undamaged .npz file");
        try
        {
            using var content = entry.Open();
            return NpyFile.Read(content, place, entry.Length);
        }
        catch (InvalidDataException fault)
        {
            throw new TapestryException(place, "the compressed data is damaged", fault.Message, "an undamaged .npz file", inner: fault);
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => archive.Dispose();
}
