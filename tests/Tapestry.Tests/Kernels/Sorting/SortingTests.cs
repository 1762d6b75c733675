using System.Numerics;
using CsCheck;
using Tapestry.Tests.Kernels.Threading;
using SortingKernels = Tapestry.Kernels.Sorting.Sorting;

namespace Tapestry.Tests.Kernels.Sorting;

[Collection(nameof(ThreadCountCollection))]
[Trait("Category", "Quick")]
public sealed class SortingTests
{
    static readonly int[] lengths = [1, 2, 3, 15, 16, 17, 40, 100, 1023, 1024, 3000];

    [Fact]
    public void Float32IsSortedStably() => CheckAll(random => random.Next(12) switch
    {
        0 => float.NaN,
        1 => float.PositiveInfinity,
        2 => float.NegativeInfinity,
        3 => -0f,
        4 => 0f,
        < 8 => random.Next(-3, 4),
        _ => (float)(random.NextDouble() * 2e6 - 1e6),
    });

    [Fact]
    public void Float64IsSortedStably() => CheckAll(random => random.Next(10) switch
    {
        0 => double.NaN,
        1 => double.NegativeInfinity,
        2 => -0d,
        3 => 0d,
        < 7 => random.Next(-3, 4),
        _ => random.NextDouble() * 2e6 - 1e6,
    });

    [Fact]
    public void HalfIsSortedStably() => CheckAll(random => random.Next(9) == 0 ? Half.NaN : (Half)random.Next(-50, 50));

    [Fact]
    public void Int32IsSortedStably() => CheckAll(random => random.Next(3) == 0 ? random.Next(-3, 4) : random.Next(int.MinValue, int.MaxValue));

    [Fact]
    public void Int64IsSortedStably() => CheckAll(random => random.Next(3) == 0 ? random.Next(-3, 4) : random.NextInt64(long.MinValue, long.MaxValue));

    [Fact]
    public void SmallIntegersAreSortedStably()
    {
        CheckAll(random => (sbyte)random.Next(-128, 128));
        CheckAll(random => (byte)random.Next(256));
        CheckAll(random => (ushort)random.Next(65536));
        CheckAll(random => random.Next(2) == 0 ? ulong.MaxValue - (ulong)random.Next(5) : (ulong)random.Next(5));
    }

    [Fact]
    public void RandomRowsMatchTheReference() => Gen.Select(Gen.Int[1, 5], Gen.Int[1, 200], Gen.Int[0, 1_000_000]).Sample((rows, length, seed) =>
    {
        var random = new Random(seed);
        float[] input = Make(rows * length, () => random.Next(-20, 20) * 0.5f);
        Check(rows, length, input, descending: seed % 2 == 0, Math.Min(length, 1 + seed % 20));
    }, iter: 200, threads: 1);

    [Fact]
    public void SortingInPlaceWorks()
    {
        var random = new Random(5);
        foreach (int length in lengths)
        {
            float[] floats = Make(length, () => (float)random.Next(-50, 50)), sorted = [.. floats.Order()];
            int[] numbers = Make(length, () => random.Next(-50, 50)), sortedNumbers = [.. numbers.Order()];
            SortingKernels.Sort<float>(1, length, floats, floats);
            SortingKernels.Sort<int>(1, length, numbers, numbers);
            Assert.Equal(sorted, floats);
            Assert.Equal(sortedNumbers, numbers);
        }
    }

    [Fact]
    public void BuffersAroundAreUntouched()
    {
        var random = new Random(5);
        foreach (int length in lengths)
        {
            var input = new GuardedBuffer<float>(2 * length, 1);
            var values = new GuardedBuffer<float>(2 * length, 2);
            var indices = new GuardedBuffer<int>(2 * length, 3);
            foreach (ref float x in input.Span)
                x = random.NextSingle();
            SortingKernels.SortWithIndices<float>(2, length, input.Span, values.Span, indices.Span);
            input.AssertGuardsUntouched();
            values.AssertGuardsUntouched();
            indices.AssertGuardsUntouched();
        }
    }

    [Fact]
    public void ResultsDoNotDependOnTheThreads()
    {
        var random = new Random(5);
        float[] input = Make(9 * 2000, () => (float)random.Next(100));
        int[]? expected = null;
        foreach (int threads in new[] { 1, 2, 4 })
        {
            using var setting = new ThreadSetting(threads);
            int[] indices = new int[input.Length];
            SortingKernels.ArgSort<float>(9, 2000, input, indices);
            expected ??= indices;
            Assert.Equal(expected, indices);
        }
    }

    [Fact]
    public void UniqueKeepsTheOrderOfFirstOccurrence()
    {
        int[] values = new int[9], inverse = new int[9], counts = new int[9];
        int found = SortingKernels.Unique([1, 1, 2, 4, 4, 4, 7, 8, 8], values, inverse, counts);
        Assert.Equal(5, found);
        Assert.Equal([1, 2, 4, 7, 8], values[..5]);
        Assert.Equal([0, 0, 1, 2, 2, 2, 3, 4, 4], inverse);
        Assert.Equal([2, 1, 3, 1, 2], counts[..5]);

        float[] floats = new float[6];
        inverse = new int[6];
        Assert.Equal(4, SortingKernels.Unique([5, float.NaN, -0f, 5, 0, 3], floats, inverse, []));
        Assert.Equal([5, float.NaN, -0f, 3], floats[..4]);
        Assert.Equal([0, 1, 2, 0, 2, 3], inverse);
        Assert.Equal(0, SortingKernels.Unique<float>([], [], [], []));
    }

    [Fact]
    public void UniqueMatchesTheReference() => Gen.Int[-9, 9].Array[1, 300].Sample(input =>
    {
        int[] values = new int[input.Length], inverse = new int[input.Length], counts = new int[input.Length];
        int found = SortingKernels.Unique(input, values, inverse, counts);
        int[] expected = [.. input.Distinct()];
        Assert.Equal(expected, values[..found]);
        Assert.Equal(input, inverse.Select(i => values[i]));
        Assert.Equal(expected.Select(x => input.Count(y => y == x)), counts[..found]);
    }, iter: 200, threads: 1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SearchSortedFindsTheInsertionPoint(bool right) => Gen.Select(Gen.Int[-9, 9].Array[0, 30], Gen.Int[-11, 11].Array[1, 20]).Sample((sorted, values) =>
    {
        Array.Sort(sorted);
        int[] places = new int[values.Length];
        SortingKernels.SearchSorted<int>(1, sorted.Length, sorted, values.Length, values, places, right);
        Assert.Equal(values.Select(v => sorted.Count(s => right ? s <= v : s < v)), places);
    }, iter: 200, threads: 1);

    [Fact]
    public void SearchSortedUsesTheOwnRow()
    {
        int[] places = new int[4];
        SortingKernels.SearchSorted<float>(2, 3, [1, 2, 3, 10, 20, 30], 2, [2.5f, 9, 2.5f, 25], places);
        Assert.Equal([2, 3, 0, 2], places);
    }

    static void CheckAll<T>(Func<Random, T> make)
        where T : unmanaged, INumber<T>
    {
        var random = new Random(3);
        foreach (int length in lengths)
        {
            T[] input = Make(2 * length, () => make(random));
            foreach (bool descending in new[] { false, true })
                Check(2, length, input, descending, Math.Max(1, length / 9));
        }
    }

    static void Check<T>(int rows, int length, T[] input, bool descending, int count)
        where T : unmanaged, INumber<T>
    {
        T[] values = new T[input.Length], both = new T[input.Length], top = new T[rows * count];
        int[] indices = new int[input.Length], bothIndices = new int[input.Length], topIndices = new int[rows * count];
        SortingKernels.Sort<T>(rows, length, input, values, descending);
        SortingKernels.ArgSort<T>(rows, length, input, indices, descending);
        SortingKernels.SortWithIndices<T>(rows, length, input, both, bothIndices, descending);
        SortingKernels.TopK<T>(rows, length, count, input, top, topIndices);
        for (int row = 0; row < rows; row++)
        {
            T[] own = input[(row * length)..((row + 1) * length)];
            int[] expected = Order(own, descending);
            Assert.Equal(expected, indices.AsSpan(row * length, length).ToArray());
            Assert.Equal(expected, bothIndices.AsSpan(row * length, length).ToArray());
            Assert.Equal(expected.Select(i => own[i]), both.AsSpan(row * length, length).ToArray());
            Assert.Equal(expected.Select(i => own[i]), values.AsSpan(row * length, length).ToArray(), (x, y) => x == y || (T.IsNaN(x) && T.IsNaN(y)));
            int[] expectedTop = Order(own, true)[..count];
            Assert.Equal(expectedTop, topIndices.AsSpan(row * count, count).ToArray());
            Assert.Equal(expectedTop.Select(i => own[i]), top.AsSpan(row * count, count).ToArray());
        }
    }

    /// <summary>The platform's stable sort, NaN last.</summary>
    static int[] Order<T>(T[] row, bool descending)
        where T : unmanaged, INumber<T>
    {
        var comparer = Comparer<T>.Create((x, y) => x == y ? 0 : x < y ? -1 : 1);
        var places = Enumerable.Range(0, row.Length);
        var numbers = places.Where(i => !T.IsNaN(row[i]));
        return [.. descending ? numbers.OrderByDescending(i => row[i], comparer) : numbers.OrderBy(i => row[i], comparer), .. places.Where(i => T.IsNaN(row[i]))];
    }

    static T[] Make<T>(int count, Func<T> make)
    {
        T[] values = new T[count];
        for (int i = 0; i < count; i++)
            values[i] = make();
        return values;
    }
}
