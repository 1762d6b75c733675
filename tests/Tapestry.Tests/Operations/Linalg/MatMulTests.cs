using Tapestry.Tests.Operations.Nn;

namespace Tapestry.Tests.Operations.Linalg;

public class MatMulTests
{
    static Tensor Values(int seed, params int[] shape) => FiniteDifferences.Values(seed, shape);

    [Fact]
    public void MatricesAndVectors()
    {
        Tensor a = new float[,] { { 1, 2, 3 }, { 4, 5, 6 } };
        Tensor v = new float[] { 1, 0, -1 };
        Assert.Equal([-2f, -2f], Ops.MatMul(a, v).ToArray<float>());
        Assert.Equal([2], Ops.MatMul(a, v).Shape.ToArray());
        Assert.Equal([5f, 7f, 9f], Ops.MatMul(new float[] { 1, 1 }, a).ToArray<float>());
        Assert.Equal(2f, (float)Ops.MatMul(v, v));
        Assert.Equal([14f, 32f, 32f, 77f], Ops.MatMul(a, a, transposeB: true).ToArray<float>());
        Assert.Equal([17f, 22f, 27f, 22f, 29f, 36f, 27f, 36f, 45f], Ops.MatMul(a, a, transposeA: true).ToArray<float>());
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void GradientsOfBatches(bool transposeA, bool transposeB)
    {
        int[] a = transposeA ? [4, 3] : [3, 4], b = transposeB ? [2, 4] : [4, 2];
        FiniteDifferences.Check(x => Ops.MatMul(x[0], x[1], transposeA, transposeB), Values(1, a), Values(2, b));
        FiniteDifferences.Check(x => Ops.MatMul(x[0], x[1], transposeA, transposeB), Values(1, [5, .. a]), Values(2, b));
        FiniteDifferences.Check(x => Ops.MatMul(x[0], x[1], transposeA, transposeB), Values(1, [2, 1, .. a]), Values(2, [3, .. b]));
        FiniteDifferences.Check(x => Ops.MatMul(x[0], x[1], transposeA, transposeB), Values(1, a), Values(2, [3, .. b]));
    }

    [Fact]
    public void OtherDTypes()
    {
        Assert.Equal(DType.Int32, Ops.MatMul(new sbyte[,] { { 100 } }, new sbyte[,] { { 100 } }).DType);
        Assert.Equal([10000], Ops.MatMul(new sbyte[,] { { 100 } }, new sbyte[,] { { 100 } }).ToArray<int>());
        Assert.Equal(DType.BFloat16, Ops.MatMul(Ops.Ones([2, 3], DType.BFloat16), Ops.Ones([3, 2], DType.BFloat16)).DType);
        Assert.Equal([3L], Ops.MatMul(Ops.Ones([1, 3], DType.Int64), Ops.Ones([3, 1], DType.Int32)).ToArray<long>());
        Assert.Equal([0f, 0f], Ops.MatMul(Ops.Ones([1, 0]), Ops.Ones([0, 2])).ToArray<float>());
    }

    [Fact]
    public void AMistakeIsExplained()
    {
        var error = Assert.Throws<TapestryException>(() => Ops.MatMul(Ops.Ones([32, 784]), Ops.Ones([10, 784])));
        Assert.Equal("MatMul: inner dimensions differ. Received: float32[32,784], float32[10,784]. Expected: a[-1] == b[-2]. Try transposeB: true.", error.Message);
        Assert.Throws<TapestryException>(() => Ops.MatMul(Ops.Ones([2, 2]), Ops.Constant(1f)));
    }
}
