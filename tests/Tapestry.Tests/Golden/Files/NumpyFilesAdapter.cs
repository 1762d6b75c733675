using System.Text.Json;
using Tapestry.IO;

namespace Tapestry.Tests.Golden.Files;

/// <summary>The files that NumPy wrote, and those made to harm a reader of its formats.</summary>
sealed class NumpyFilesAdapter : IGoldenAdapter
{
    public string Group => "files";

    public bool Implements(GoldenObject golden) => golden.Name.Split('/') is ["npy" or "npz", _] || golden.Name.StartsWith("hostile/np", StringComparison.Ordinal);

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        var path = golden.Json.GetProperty("path").GetString()!;
        var bytes = golden.Object.Group.Read(path);
        if (golden.Field("expect") is { } expect)
        {
            Hostile(expect.GetString()!, path, bytes, check);
            return;
        }

        var detail = golden.Object.Group.ReadJson(golden.Json.GetProperty("detail").GetString()!);
        if (path.EndsWith(".npz", StringComparison.Ordinal)) Archive(golden, detail, bytes, check);
        else Array(golden, detail, NpyFile.Read(new MemoryStream(bytes), path, bytes.Length), check);
    }

    static void Hostile(string expect, string path, byte[] bytes, GoldenCheck check)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        if (expect == "refuse") check.Refuses(path, Read);
        else check.True(path, Record.Exception(Read) is null or TapestryException, "crashed");
        check.True("memory", GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20, "took memory for what is not there");

        void Read()
        {
            if (path.EndsWith(".npy", StringComparison.Ordinal))
            {
                NpyFile.Read(new MemoryStream(bytes), path, bytes.Length);
                return;
            }

            using var archive = new NpzArchive(new MemoryStream(bytes), path);
            foreach (var name in archive.Names) archive.Read(name);
        }
    }

    static void Array(GoldenCase golden, JsonElement detail, Tensor array, GoldenCheck check)
    {
        check.Equal("shape", $"[{string.Join(',', detail.GetProperty("shape").EnumerateArray())}]", $"[{string.Join(',', array.Shape.ToArray())}]");
        var expected = detail.TryGetProperty("strings", out _) ? golden.Tensor(detail) : golden.Object.Array("a");
        check.Close("values", expected, array, 0, 0, GoldenMode.Bits);

        // What is written again reads the same.
        var stream = new MemoryStream();
        NpyFile.Write(stream, array);
        stream.Position = 0;
        check.Close("written", array, NpyFile.Read(stream, "written", stream.Length), 0, 0, GoldenMode.Bits);
    }

    static void Archive(GoldenCase golden, JsonElement detail, byte[] bytes, GoldenCheck check)
    {
        using var archive = new NpzArchive(new MemoryStream(bytes), golden.Name);
        check.Equal("names", string.Join(' ', detail.GetProperty("names").EnumerateArray()), string.Join(' ', archive.Names));
        foreach (var key in detail.GetProperty("keys").EnumerateObject())
            check.Close(key.Name, golden.Object.Array(key.Value.GetString()!), archive.Read(key.Name), 0, 0, GoldenMode.Bits);
    }
}
