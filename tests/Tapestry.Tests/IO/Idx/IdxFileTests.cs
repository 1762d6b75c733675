using System.IO.Compression;
using Tapestry.IO;

namespace Tapestry.Tests.IO.Idx;

[Trait("Category", "Quick")]
public sealed class IdxFileTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("tapestry-idx-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void ReadsBytesOfAnyRank()
    {
        var tensor = IdxFile.Read(Write("a", [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255]));
        Assert.Equal((DType.UInt8, new Shape([2, 3])), (tensor.DType, tensor.Shape));
        Assert.Equal([1, 2, 3, 4, 5, 255], tensor.ToArray<byte>());
    }

    [Fact]
    public void ReadsEveryTypeInBigEndianOrder()
    {
        byte[] One(byte type, params byte[] value) => [0, 0, type, 1, 0, 0, 0, 1, .. value];
        Assert.Equal((sbyte)-2, IdxFile.Read(Write("a", One(0x09, 0xFE))).Item<sbyte>());
        Assert.Equal((short)0x0102, IdxFile.Read(Write("b", One(0x0B, 1, 2))).Item<short>());
        Assert.Equal(0x01020304, IdxFile.Read(Write("c", One(0x0C, 1, 2, 3, 4))).Item<int>());
        Assert.Equal(1.5f, IdxFile.Read(Write("d", One(0x0D, 0x3F, 0xC0, 0, 0))).Item<float>());
        Assert.Equal(-2.0, IdxFile.Read(Write("e", One(0x0E, 0xC0, 0, 0, 0, 0, 0, 0, 0))).Item<double>());
    }

    [Fact]
    public void UnpacksWhatBeginsLikeGzip()
    {
        byte[] plain = [0, 0, 8, 1, 0, 0, 0, 4, 9, 8, 7, 6];
        Assert.Equal([9, 8, 7, 6], IdxFile.Read(Write("labels.gz", Packed(plain))).ToArray<byte>());
        Assert.Equal([9, 8, 7, 6], IdxFile.Read(Write("labels", plain)).ToArray<byte>());
    }

    [Theory]
    [InlineData(new byte[] { 1, 0, 8, 1, 0, 0, 0, 1, 5 }, "the first two bytes are not zero")]
    [InlineData(new byte[] { 0, 0 }, "the first two bytes are not zero")]
    [InlineData(new byte[] { 0, 0, 0x0A, 1, 0, 0, 0, 1, 5 }, "unknown type of values")]
    [InlineData(new byte[] { 0, 0, 8, 2, 0, 0, 0, 1 }, "the header is cut off")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0x80, 0, 0, 1, 5 }, "negative length")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0, 0, 3, 5, 6 }, "the number of values does not fit the dimensions")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0, 0, 1, 5, 6 }, "the number of values does not fit the dimensions")]
    [InlineData(new byte[] { 0, 0, 8, 3, 0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 5 }, "the number of values does not fit the dimensions")]
    public void RefusesWhatIsDamaged(byte[] bytes, string fault)
    {
        var path = Write("damaged", bytes);
        var refusal = Assert.Throws<TapestryException>(() => IdxFile.Read(path));
        Assert.Equal("IDX", refusal.Subject);
        if (bytes.Length > 2) Assert.Equal(fault, refusal.Fault);
        Assert.Contains(path, refusal.Received);
        Assert.NotNull(refusal.Remedy);
    }

    [Fact]
    public void RefusesATruncatedOrDamagedGzip()
    {
        var values = new byte[4000];
        new Random(1).NextBytes(values);
        var packed = Packed([0, 0, 8, 1, 0, 0, 0x0F, 0xA0, .. values]);
        Assert.Equal(values, IdxFile.Read(Write("whole.gz", packed)).ToArray<byte>());
        Assert.Equal("IDX", Assert.Throws<TapestryException>(() => IdxFile.Read(Write("cut.gz", packed[..^200]))).Subject);
        packed[20] ^= 0xFF;
        packed[^20] ^= 0xFF;
        Assert.Equal("IDX", Assert.Throws<TapestryException>(() => IdxFile.Read(Write("bad.gz", packed))).Subject);
        var missing = Path.Combine(folder, "missing");
        Assert.Equal(missing, Assert.Throws<TapestryException>(() => IdxFile.Read(missing)).Received);
    }

    [Fact]
    public void ReadsMnistFromAFolder()
    {
        foreach (var (name, count) in new[] { ("train", 3), ("t10k", 2) })
        {
            var pictures = Enumerable.Range(0, count * 28 * 28).Select(i => (byte)i).ToArray();
            byte[] file = [0, 0, 8, 3, 0, 0, 0, (byte)count, 0, 0, 0, 28, 0, 0, 0, 28, .. pictures];
            Write($"{name}-images-idx3-ubyte" + (name == "train" ? ".gz" : ""), name == "train" ? Packed(file) : file);
            Write($"{name}-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, (byte)count, .. Enumerable.Range(4, count).Select(i => (byte)i)]);
        }

        var ((images, labels), (testImages, testLabels)) = Datasets.Mnist(folder);
        Assert.Equal([3, 28, 28], images.Shape.ToArray());
        Assert.Equal([4, 5, 6], labels.ToArray<byte>());
        Assert.Equal([2, 28, 28], testImages.Shape.ToArray());
        Assert.Equal([4, 5], testLabels.ToArray<byte>());
        File.Delete(Path.Combine(folder, "t10k-labels-idx1-ubyte"));
        var refusal = Assert.Throws<TapestryException>(() => Datasets.Mnist(folder));
        Assert.Equal(("Datasets.Mnist", "a file is missing"), (refusal.Subject, refusal.Fault));
        Assert.Contains("t10k-labels-idx1-ubyte", refusal.Received);
    }

    string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    static byte[] Packed(byte[] bytes)
    {
        using var memory = new MemoryStream();
        using (var packed = new GZipStream(memory, CompressionLevel.Optimal)) packed.Write(bytes);
        return memory.ToArray();
    }
}
