using CsCheck;
using Tapestry.Kernels.Loops;
using Tapestry.Tests.Kernels.Simd;

namespace Tapestry.Tests.Kernels.Loops;

[Trait("Category", "Quick")]
public class BinaryLoopTests
{
    // A result shape, and per operand which dimensions repeat and how many leading ones are left out.
    static readonly Gen<(int[] Shape, int[] A, int[] B)> Shapes =
        Gen.Select(Gen.Int[1, 6].Array[0, 5], Gen.Int[0, 31], Gen.Int[0, 31], Gen.Int[0, 40]).Select((shape, a, b, wide) =>
        {
            if (shape.Length > 0 && wide > 20) shape[^1] = wide * 3;
            return (shape, Repeat(shape, a), Repeat(shape, b & ~a));
        });

    static int[] Repeat(int[] shape, int mask)
    {
        var result = shape.Select((extent, d) => (mask >> d & 1) == 1 ? 1 : extent).ToArray();
        return result.SkipWhile(extent => extent == 1).ToArray();
    }

    [Fact]
    public void BroadcastsAsTheNaiveLoopDoes() => Shapes.Sample(s =>
    {
        Check<float>(s.Shape, s.A, s.B, i => i * 0.5f - 3);
        Check<double>(s.Shape, s.A, s.B, i => i * 0.25);
        Check<int>(s.Shape, s.A, s.B, i => i * 7 - 20);
        Check<byte>(s.Shape, s.A, s.B, i => (byte)(i * 3));
        Check<Half>(s.Shape, s.A, s.B, i => (Half)(i % 100));
    }, iter: 300);

    static void Check<T>(int[] shape, int[] aShape, int[] bShape, Func<int, T> element) where T : unmanaged, System.Numerics.INumber<T>
    {
        var count = shape.Aggregate(1, (x, y) => x * y);
        var a = Enumerable.Range(0, aShape.Aggregate(1, (x, y) => x * y)).Select(element).ToArray();
        var b = Enumerable.Range(5, bShape.Aggregate(1, (x, y) => x * y)).Select(element).ToArray();
        const int guard = 8;
        var result = new T[count + 2 * guard];
        Array.Fill(result, T.CreateTruncating(77));
        BinaryLoop.Run<Bodies.Subtract, T>(default, a, aShape, b, bShape, result.AsSpan(guard, count));
        for (var i = 0; i < count; i++)
        {
            var expected = a[Index(shape, aShape, i)] - b[Index(shape, bShape, i)];
            if (!expected.Equals(result[guard + i]))
                Assert.Fail($"{typeof(T).Name} [{string.Join(',', aShape)}] - [{string.Join(',', bShape)}] at {i}: {result[guard + i]}, expected {expected}");
        }
        for (var i = 0; i < guard; i++)
        {
            Assert.Equal(T.CreateTruncating(77), result[i]);
            Assert.Equal(T.CreateTruncating(77), result[^(i + 1)]);
        }
    }

    internal static int Index(int[] shape, int[] operand, int position)
    {
        int index = 0, stride = 1;
        for (var d = 1; d <= shape.Length; d++)
        {
            var coordinate = position % shape[^d];
            position /= shape[^d];
            if (d > operand.Length) continue;
            if (operand[^d] != 1) index += coordinate * stride;
            stride *= operand[^d];
        }
        return index;
    }

    [Theory]
    [InlineData(100_000, 1)]
    [InlineData(300, 500)]
    [InlineData(40_000, 3)]
    public void LongLoopsAreCutWithoutASeam(int rows, int columns)
    {
        var a = Enumerable.Range(0, rows * columns).Select(i => (float)(i % 1000)).ToArray();
        var row = Enumerable.Range(0, columns).Select(i => (float)i).ToArray();
        var column = Enumerable.Range(0, rows).Select(i => (float)i).ToArray();
        var result = new float[a.Length];
        BinaryLoop.Run<Bodies.Add, float>(default, a, [rows, columns], row, [columns], result);
        for (var i = 0; i < a.Length; i++) if (result[i] != a[i] + row[i % columns]) Assert.Fail($"row at {i}");
        BinaryLoop.Run<Bodies.Add, float>(default, a, [rows, columns], column, [rows, 1], result);
        for (var i = 0; i < a.Length; i++) if (result[i] != a[i] + column[i / columns]) Assert.Fail($"column at {i}");
        BinaryLoop.Run<Bodies.Add, float>(default, row, [1, columns], column, [rows, 1], result);
        for (var i = 0; i < a.Length; i++) if (result[i] != row[i % columns] + column[i / columns]) Assert.Fail($"outer at {i}");
    }

    [Fact]
    public void TheDestinationMayBeAnOperand()
    {
        for (var n = 0; n < 70; n++)
        {
            var a = Enumerable.Range(0, n).Select(i => (float)i).ToArray();
            BinaryLoop.Run<Bodies.Multiply, float>(default, a, a, a);
            Assert.Equal(Enumerable.Range(0, n).Select(i => (float)i * i), a);
            UnaryLoop.Run<Bodies.Negate, float>(default, a, a);
            Assert.Equal(Enumerable.Range(0, n).Select(i => -(float)i * i), a);
        }
    }
}
