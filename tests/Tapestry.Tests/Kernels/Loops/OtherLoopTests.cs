using System.Numerics;
using Tapestry.Kernels.Loops;
using Tapestry.Tests.Kernels.Simd;

namespace Tapestry.Tests.Kernels.Loops;

[Trait("Category", "Quick")]
public class OtherLoopTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void ScansRunAlongTheMiddle(bool exclusive, bool reverse)
    {
        foreach (var (outer, scan, inner) in new[] { (1, 9, 1), (3, 5, 1), (2, 7, 11), (2, 4, 300) })
        {
            var x = Enumerable.Range(0, outer * scan * inner).Select(i => i * 37 % 101 - 20).ToArray();
            var y = new int[x.Length];
            ScanLoop.Run(default(SumReducer), x, outer, scan, inner, exclusive, reverse, y);
            for (var o = 0; o < outer; o++)
                for (var c = 0; c < inner; c++)
                {
                    var sum = 0;
                    for (var step = 0; step < scan; step++)
                    {
                        var at = (o * scan + (reverse ? scan - 1 - step : step)) * inner + c;
                        if (!exclusive) sum += x[at];
                        Assert.Equal(sum, y[at]);
                        if (exclusive) sum += x[at];
                    }
                }
            var halves = x.Select(v => (Half)v).ToArray();
            ScanLoop.Run(default(MaximumReducer), halves, outer, scan, inner, exclusive, reverse, halves);
            if (!exclusive && !reverse) Assert.Equal((Half)x[0], halves[0]);
        }
    }

    [Fact]
    public unsafe void LargeMatricesAreTurnedPastTheCaches()
    {
        const int rows = 1048, columns = 2048;
        var memory = (int*)System.Runtime.InteropServices.NativeMemory.AlignedAlloc(rows * columns * sizeof(int), 64);
        var x = Enumerable.Range(0, rows * columns).ToArray();
        var y = new Span<int>(memory, x.Length);
        foreach (var (height, width) in new[] { (rows, columns), (columns, rows) })
        {
            TransposeLoop.Run<int>(x, [height, width], [1, 0], y);
            for (var i = 0; i < x.Length; i++)
                if (y[i] != i % height * width + i / height) Assert.Fail($"{height}x{width} at {i}");
        }

        System.Runtime.InteropServices.NativeMemory.AlignedFree(memory);
    }

    [Theory]
    [InlineData(new[] { 3, 5 }, new[] { 1, 0 })]
    [InlineData(new[] { 200, 333 }, new[] { 1, 0 })]
    [InlineData(new[] { 2, 7, 9, 33 }, new[] { 0, 3, 1, 2 })]
    [InlineData(new[] { 2, 33, 7, 9 }, new[] { 0, 2, 3, 1 })]
    [InlineData(new[] { 4, 1, 3, 2 }, new[] { 3, 1, 0, 2 })]
    [InlineData(new[] { 6 }, new[] { 0 })]
    [InlineData(new int[0], new int[0])]
    public void TransposesMoveEveryElement(int[] shape, int[] permutation)
    {
        Check(i => (byte)i);
        Check(i => (short)i);
        Check(i => i);
        Check(i => (double)i);
        Check(i => new Complex(i, -i));

        void Check<T>(Func<int, T> element) where T : unmanaged
        {
            var x = Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(element).ToArray();
            var y = new T[x.Length];
            TransposeLoop.Run<T>(x, shape, permutation, y);
            var permuted = permutation.Select(d => shape[d]).ToArray();
            for (var i = 0; i < y.Length; i++)
            {
                var coordinates = new int[shape.Length];
                var rest = i;
                for (var d = shape.Length - 1; d >= 0; d--)
                {
                    coordinates[permutation[d]] = rest % permuted[d];
                    rest /= permuted[d];
                }
                var at = 0;
                for (var d = 0; d < shape.Length; d++) at = at * shape[d] + coordinates[d];
                if (!x[at].Equals(y[i])) Assert.Fail($"{typeof(T).Name} at {i}");
            }
        }
    }

    [Fact]
    public void StridedCopiesSliceReverseAndPad()
    {
        var x = Enumerable.Range(0, 20).ToArray();
        // x[::-1, 1:4] of a 4×5 matrix into the middle of a 6×5 one.
        var y = new int[30];
        StridedCopy.Run<int>(x, 15 + 1, [-5, 1], y, 6, [5, 1], [4, 3]);
        for (var r = 0; r < 6; r++)
            for (var c = 0; c < 5; c++)
                Assert.Equal(r is >= 1 and < 5 && c is >= 1 and < 4 ? (4 - r) * 5 + c : 0, y[r * 5 + c]);
        StridedCopy.Run<int>(x, 3, [0, 0], y, 0, [5, 1], [6, 5]);
        Assert.All(y, v => Assert.Equal(3, v));
    }

    [Fact]
    public void SelectionAndTernaryLoopsBroadcast()
    {
        int[] shape = [3, 4, 29];
        int[][] shapes = [[3, 4, 29], [29], [4, 1], [3, 1, 1], []];
        var result = new float[3 * 4 * 29];
        foreach (var cShape in shapes)
            foreach (var aShape in shapes)
                foreach (var bShape in shapes)
                {
                    if (cShape != shapes[0] && aShape != shapes[0] && bShape != shapes[0]) continue;
                    var c = Enumerable.Range(0, cShape.Aggregate(1, (p, q) => p * q)).Select(i => (byte)(i % 3 == 0 ? 1 : 0)).ToArray();
                    var a = Enumerable.Range(0, aShape.Aggregate(1, (p, q) => p * q)).Select(i => (float)i).ToArray();
                    var b = Enumerable.Range(0, bShape.Aggregate(1, (p, q) => p * q)).Select(i => -1f - i).ToArray();
                    SelectLoop.Run<float>(c, cShape, a, aShape, b, bShape, result);
                    for (var i = 0; i < result.Length; i++)
                        Assert.Equal(c[BinaryLoopTests.Index(shape, cShape, i)] != 0 ? a[BinaryLoopTests.Index(shape, aShape, i)] : b[BinaryLoopTests.Index(shape, bShape, i)], result[i]);
                    var d = c.Select(v => v * 2f).ToArray();
                    TernaryLoop.Run<Bodies.MultiplyAdd, float>(default, d, cShape, a, aShape, b, bShape, result);
                    for (var i = 0; i < result.Length; i++)
                        Assert.Equal(d[BinaryLoopTests.Index(shape, cShape, i)] * a[BinaryLoopTests.Index(shape, aShape, i)] + b[BinaryLoopTests.Index(shape, bShape, i)], result[i]);
                }
    }

    [Fact]
    public void SelectionWorksForEverySize()
    {
        Check(i => (byte)i);
        Check(i => (short)i);
        Check(i => (long)i);
        Check(i => new Complex(i, 2 * i));

        static void Check<T>(Func<int, T> element) where T : unmanaged
        {
            var n = 203;
            T[] a = [.. Enumerable.Range(0, n).Select(element)], b = [.. Enumerable.Range(7, n).Select(element)], y = new T[n];
            var c = Enumerable.Range(0, n).Select(i => (byte)(i * 7 % 4)).ToArray();
            SelectLoop.Run<T>(c, [n], a, [n], b, [n], y);
            for (var i = 0; i < n; i++) Assert.Equal(c[i] != 0 ? a[i] : b[i], y[i]);
        }
    }

    [Fact]
    public void PredicatesAnswerZeroOrOne()
    {
        Check<float>(i => i % 5);
        Check<double>(i => i % 5);
        Check<byte>(i => (byte)(i % 5));
        Check<short>(i => (short)(i % 5));
        Check<long>(i => i % 5 - 2);
        Check<Half>(i => (Half)(i % 5));

        static void Check<T>(Func<int, T> element) where T : unmanaged, INumber<T>
        {
            for (var n = 0; n < 150; n++)
            {
                T[] a = [.. Enumerable.Range(0, n).Select(element)], b = [.. Enumerable.Range(0, n).Select(i => element(i * 3))];
                var y = new byte[n + 1];
                y[n] = 9;
                PredicateLoop.Run<Bodies.LessThan, T>(default, a, [n], b, [n], y.AsSpan(0, n));
                for (var i = 0; i < n; i++) Assert.Equal(a[i] < b[i] ? 1 : 0, y[i]);
                PredicateLoop.Run<Bodies.NotEqual, T>(default, a, [n], b, [n], y.AsSpan(0, n));
                for (var i = 0; i < n; i++) Assert.Equal(a[i] != b[i] ? 1 : 0, y[i]);
                Assert.Equal(9, y[n]);
            }
        }
    }

    [Fact]
    public void CastsFollowTensorFlow()
    {
        Assert.Equal([int.MinValue, int.MinValue, 2, -2, 0], Cast<float, int>([float.NaN, 1e20f, 2.9f, -2.9f, -0.5f]));
        Assert.Equal([44, 255, 0], Cast<int, byte>([300, -1, 256]));
        Assert.Equal([true, false, true], Cast<float, bool>([0.5f, 0, float.NaN]));
        Assert.Equal([1f, 0f], Cast<bool, float>([true, false]));
        Assert.Equal([3.5f], Cast<Complex, float>([new(3.5, 9)]));
        Assert.Equal([new Complex(2, 0)], Cast<int, Complex>([2]));
        Assert.Equal([Half.PositiveInfinity, (Half)65504], Cast<float, Half>([65520, 65519.9f]));
        Assert.Equal([1.0078125f, 1f], Cast<BFloat16, float>(Cast<float, BFloat16>([1.0039064f, 1.00390625f])));
        Assert.Equal([1.8446744073709552e19], Cast<ulong, double>([ulong.MaxValue]));
        Assert.Equal([9000000000000000000L, -9000000000000000000L], Cast<double, long>([9e18, -9e18]));
        Assert.Equal([10000000000000000000UL], Cast<double, ulong>([1e19]));
        Assert.Equal([1, 0, 2], Cast<Complex64, int>([new(1.9f, 5), new(0, 1), new(2, 0)]));
        var many = Enumerable.Range(0, 301).ToArray();
        Assert.Equal(many.Select(v => (float)v), Cast<int, float>(many));
        Assert.Equal(many.Select(v => (double)v), Cast<float, double>(Cast<int, float>(many)));
        Assert.Equal(many.Select(v => (float)(byte)v), Cast<byte, float>(Cast<int, byte>(many)));
        Assert.Equal(many.Select(v => (float)v), Cast<double, float>(Cast<int, double>(many)));
        Assert.Equal(many, Cast<BFloat16, int>(Cast<int, BFloat16>(many)).Zip(many, (b, v) => Math.Abs(b - v) <= 1 ? v : b));

        static TTo[] Cast<TFrom, TTo>(TFrom[] source) where TFrom : unmanaged where TTo : unmanaged
        {
            var result = new TTo[source.Length];
            CastLoop.Run<TFrom, TTo>(source, result);
            return result;
        }
    }
}
