using System.Text;
using CsCheck;
using Tapestry.IO;

namespace Tapestry.Tests.IO.Npy;

[Trait("Category", "Quick")]
public class NpyFileTests
{
    public static TheoryData<string> StorableDTypes => [.. DType.All.Where(dtype => dtype != DType.BFloat16).Select(dtype => dtype.Name)];

    [Theory, MemberData(nameof(StorableDTypes))]
    public void ReadsBackWhatItWrote(string name)
    {
        DType dtype = name;
        Gen.Select(Gen.Int[0, 4].Array[0, 4], Gen.Int[0, 1000]).Sample((dimensions, seed) =>
        {
            var tensor = Tensor.Allocate(dtype, dimensions);
            for (var i = 0; i < tensor.Size && dtype == DType.String; i++) tensor.Texts[i] = string.Concat(Enumerable.Repeat("aé漢🧵", (seed + i) % 4));
            if (dtype != DType.String) new Random(seed).NextBytes(tensor.Bytes);
            if (dtype == DType.Bool) foreach (ref var value in tensor.Bytes) value &= 1;
            AssertSame(tensor, Read(Write(tensor)));
        }, iter: 50);
    }

    [Fact]
    public void ValuesStartAtAMultipleOf64()
    {
        var bytes = Write(Tensor.Allocate(DType.Float32, new Shape(3, 4)));
        Assert.Equal(128 + 48, bytes.Length);
        Assert.Equal("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }", Encoding.ASCII.GetString(bytes[10..127]).TrimEnd());
        Assert.Equal((byte)'\n', bytes[127]);
    }

    [Fact]
    public void FortranOrderIsTurnedIntoCOrder()
    {
        var tensor = Read(File("{'descr': '<i2', 'fortran_order': True, 'shape': (2, 3), }", [0, 0, 3, 0, 1, 0, 4, 0, 2, 0, 5, 0]));
        Assert.Equal([0, 1, 2, 3, 4, 5], tensor.ToArray<short>());
    }

    [Fact]
    public void BigEndianNumbersTextsAndComplexNumbersAreTurned()
    {
        Assert.Equal([0x01020304], Read(File("{'descr': '>i4', 'fortran_order': False, 'shape': (1,), }", [1, 2, 3, 4])).ToArray<int>());
        Assert.Equal(["A"], Read(File("{'descr': '>U2', 'fortran_order': False, 'shape': (1,), }", [0, 0, 0, 65, 0, 0, 0, 0])).ToArray<string>());
        var complex = Read(File("{'descr': '>c8', 'fortran_order': False, 'shape': (), }", [0x3F, 0x80, 0, 0, 0x40, 0, 0, 0]));
        Assert.Equal(new System.Numerics.Complex(1, 2), complex.Item<System.Numerics.Complex>());
    }

    [Fact]
    public void BytesAreTextsInUtf8()
    {
        Assert.Equal(["né", ""], Read(File("{'descr': '|S3', 'fortran_order': False, 'shape': (2,), }", [.. "né"u8, 0, 0, 0])).ToArray<string>());
        Assert.Contains("not a text", Assert.Throws<TapestryException>(() => Read(File("{'descr': '|S1', 'fortran_order': False, 'shape': (1,), }", [0xFF]))).Message);
        Assert.Contains("not a text", Assert.Throws<TapestryException>(() => Read(File("{'descr': '<U1', 'fortran_order': False, 'shape': (1,), }", [0, 0, 0x11, 0]))).Message);
    }

    [Fact]
    public void VersionTwoHasALongerLength()
    {
        byte[] header = [.. Encoding.ASCII.GetBytes("{\"shape\": (2,), \"descr\": \"|u1\", \"fortran_order\": False}\n")];
        byte[] bytes = [0x93, .. "NUMPY"u8, 2, 0, (byte)header.Length, 0, 0, 0, .. header, 7, 9];
        Assert.Equal([7, 9], Read(bytes).ToArray<byte>());
    }

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", "the header is not the dictionary")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2147483647, 2147483647), }", "too large for one tensor")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2147483647, 2147483647, 2147483647, 2147483647, 4), }", "too large for one tensor")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1000, 1000), }", "values are missing")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", "there is more than the values")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "the header is not the dictionary")]
    [InlineData("{'descr': '<f4', 'fortran_order': False}", "the header is not the dictionary")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'shape': (2,)}", "the key 'shape'")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': 1}", "the key 'more'")]
    [InlineData("{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}", "True or False")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (2,)}", "pickled")]
    [InlineData("{'descr': '<f16', 'fortran_order': False, 'shape': (2,)}", "no dtype has such elements")]
    [InlineData("{'descr': '<', 'fortran_order': False, 'shape': (2,)}", "no dtype has such elements")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}", "structured arrays")]
    [InlineData("['descr']", "the header is not the dictionary")]
    [InlineData("__import__('os').getcwd()", "the header is not the dictionary")]
    [InlineData("((((((((((((((((((((((((", "the header is not the dictionary")]
    [InlineData("", "Received: the end")]
    public void HostileHeadersAreRefused(string header, string fault)
    {
        var error = Assert.Throws<TapestryException>(() => Read(File(header, new byte[8])));
        Assert.Contains(fault, error.Message);
        Assert.StartsWith("test.npy: ", error.Message);
    }

    [Fact]
    public void BytesThatAreNoHeaderAreRefused()
    {
        Assert.Contains("not a NumPy file", Assert.Throws<TapestryException>(() => Read([])).Message);
        Assert.Contains("not a NumPy file", Assert.Throws<TapestryException>(() => Read([.. "PK\u0003\u0004 and more"u8])).Message);
        Assert.Contains("unknown version", Assert.Throws<TapestryException>(() => Read([0x93, .. "NUMPY"u8, 9, 0, 0, 0])).Message);
        Assert.Contains("cut off", Assert.Throws<TapestryException>(() => Read([0x93, .. "NUMPY"u8, 1, 0, 200, 0])).Message);
        Assert.Contains("too long", Assert.Throws<TapestryException>(() => Read([0x93, .. "NUMPY"u8, 2, 0, 255, 255, 255, 127])).Message);
    }

    [Fact]
    public void EveryTruncationIsRefused()
    {
        var whole = Write(new float[] { 1, 2, 3 });
        for (var length = 0; length < whole.Length; length++) Assert.Throws<TapestryException>(() => Read(whole[..length]));
    }

    [Fact]
    public void RandomDamageIsReadOrRefusedButNeverCrashes()
    {
        var whole = Write(new string[] { "warp", "weft" });
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte).Array[1, 4].Sample(changes =>
        {
            var bytes = whole.ToArray();
            foreach (var (position, value) in changes) bytes[position] = value;
            try
            {
                Read(bytes);
            }
            catch (TapestryException)
            {
            }
        }, iter: 2000);
    }

    [Fact]
    public void BFloat16IsRefusedWithTheRemedy()
    {
        var error = Assert.Throws<TapestryException>(() => Write(Tensor.Allocate(DType.BFloat16, new Shape(2))));
        Assert.Contains("Cast to float32", error.Message);
    }

    static byte[] Write(Tensor tensor)
    {
        var stream = new MemoryStream();
        NpyFile.Write(stream, tensor);
        return stream.ToArray();
    }

    static Tensor Read(byte[] bytes) => NpyFile.Read(new MemoryStream(bytes), "test.npy", bytes.Length);

    static byte[] File(string header, byte[] values) =>
        [0x93, .. "NUMPY"u8, 1, 0, (byte)(header.Length + 1), (byte)((header.Length + 1) >> 8), .. Encoding.ASCII.GetBytes(header + "\n"), .. values];

    static void AssertSame(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Spec, actual.Spec);
        if (expected.DType == DType.String) Assert.Equal(expected.Texts, actual.Texts);
        else Assert.True(expected.Bytes.SequenceEqual(actual.Bytes));
    }
}
