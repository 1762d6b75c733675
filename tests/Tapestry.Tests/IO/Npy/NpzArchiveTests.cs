using System.IO.Compression;
using Tapestry.IO;

namespace Tapestry.Tests.IO.Npy;

[Trait("Category", "Quick")]
public class NpzArchiveTests
{
    [Theory, InlineData(false), InlineData(true)]
    public void ReadsBackWhatItWrote(bool compress)
    {
        using var archive = Open(Write(compress));
        Assert.Equal(["layer/kernel", "../evil"], archive.Names);
        Assert.Equal([1f, 2f, 3f], archive.Read("layer/kernel").ToArray<float>());
        Assert.Equal(new long[1000], archive.Read("../evil").ToArray<long>());
    }

    [Fact]
    public void EqualArraysGiveEqualBytes() => Assert.Equal(Write(true), Write(true));

    [Fact]
    public void AMissingNameIsAnsweredWithTheNames()
    {
        using var archive = Open(Write(false));
        Assert.Equal("test.npz: no array of this name. Received: \"kernel\". Expected: layer/kernel, ../evil.", Assert.Throws<TapestryException>(() => archive.Read("kernel")).Message);
    }

    [Fact]
    public void NoZipFileIsRefused() => Assert.Contains("not a ZIP file", Assert.Throws<TapestryException>(() => Open([1, 2, 3])).Message);

    [Fact]
    public void ALengthBeyondAnyCompressionIsRefusedBeforeMemoryIsTaken()
    {
        var bytes = Write(true);
        // The length of the last array in the central directory, four bytes at offset 24 of its record.
        var record = bytes.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        new byte[] { 0xF0, 0xFF, 0xFF, 0x7F }.CopyTo(bytes, record + 24);
        using var archive = Open(bytes);
        Assert.Contains("claims more than it can hold", Assert.Throws<TapestryException>(() => archive.Read("../evil")).Message);
    }

    [Fact]
    public void TwoArraysOfOneNameAreRefused()
    {
        var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            archive.CreateEntry("a.npy");
            archive.CreateEntry("a.npy");
        }

        Assert.Contains("two arrays have the same name", Assert.Throws<TapestryException>(() => Open(stream.ToArray())).Message);
    }

    static byte[] Write(bool compress)
    {
        var stream = new MemoryStream();
        NpzArchive.Write(stream, [new("layer/kernel", new float[] { 1, 2, 3 }), new("../evil", new long[1000])], compress);
        return stream.ToArray();
    }

    static NpzArchive Open(byte[] bytes) => new(new MemoryStream(bytes), "test.npz");
}
