using CsCheck;
using Tapestry.Kernels.Gemm;

namespace Tapestry.Tests.Kernels.Gemm;

/// <summary>Products of int8 are exact, whatever their length and sign.</summary>
public class Int8GemmTests
{
    [Fact]
    public void IsTheSumOfProducts() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int[0, 70], Gen.Int[0, 3]).SelectMany(shape =>
                Gen.Select(Gen.SByte.Array[shape.Item1 * shape.Item3], Gen.SByte.Array[shape.Item3 * shape.Item2], (a, b) => (shape, a, b)))
            .Sample(sample => Check(sample.shape.Item1, sample.shape.Item2, sample.shape.Item3, (sample.shape.Item4 & 1) != 0, (sample.shape.Item4 & 2) != 0, sample.a, sample.b), iter: 200, threads: 1);

    /// <summary>The largest sums that there are, in parts and a rest.</summary>
    [Theory]
    [InlineData(Int8Gemm.ExactSteps)]
    [InlineData(Int8Gemm.ExactSteps + 1)]
    [InlineData(5000)]
    public void TheExtremesAreExact(int k)
    {
        foreach (var (left, right) in ((sbyte, sbyte)[])[(-128, -128), (-128, 127), (127, 127)])
        {
            foreach (var transposes in (int[])[0, 1, 2, 3])
            {
                Check(3, 18, k, (transposes & 1) != 0, (transposes & 2) != 0, [.. Enumerable.Repeat(left, 3 * k)], [.. Enumerable.Repeat(right, 18 * k)]);
            }
        }
    }

    [Fact]
    public void BatchesBroadcast()
    {
        sbyte[] a = [.. Enumerable.Range(0, 24).Select(i => (sbyte)((i * 37) - 128))], b = [.. Enumerable.Range(0, 24).Select(i => (sbyte)(127 - (i * 11)))];
        Tensor left = Ops.FromSpan<sbyte>(a, [2, 1, 3, 4]), right = Ops.FromSpan<sbyte>(b, [3, 4, 2]);
        var product = Ops.MatMul(left, right);
        Assert.Equal(DType.Int32, product.DType);
        Assert.Equal(Ops.MatMul(Ops.Cast(left, DType.Int32), Ops.Cast(right, DType.Int32)).ToArray<int>(), product.ToArray<int>());
    }

    static void Check(int m, int n, int k, bool transposeA, bool transposeB, sbyte[] a, sbyte[] b)
    {
        var c = new int[m * n];
        Int8Gemm.Multiply(m, n, k, a, transposeA, b, transposeB, c);
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var sum = 0;
                for (var p = 0; p < k; p++) sum += a[transposeA ? (p * m) + i : (i * k) + p] * b[transposeB ? (j * k) + p : (p * n) + j];
                Assert.Equal(sum, c[(i * n) + j]);
            }
        }
    }
}
