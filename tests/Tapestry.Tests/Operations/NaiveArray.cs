namespace Tapestry.Tests.Operations;

/// <summary>An array that knows nothing but loops over index tuples: what operations are compared with.</summary>
sealed class NaiveArray
{
    readonly double[] values;

    NaiveArray(int[] shape, double[] values)
    {
        Shape = shape;
        this.values = values;
    }

    internal int[] Shape { get; }

    internal int Size => values.Length;

    internal double this[ReadOnlySpan<int> index] => values[Place(index)];

    /// <summary>An array whose element at each index is given.</summary>
    internal static NaiveArray Build(int[] shape, Func<int[], double> element)
    {
        var size = 1;
        foreach (var dimension in shape) size *= dimension;
        var array = new NaiveArray(shape, new double[size]);
        foreach (var index in Indices(shape)) array.values[array.Place(index)] = element(index);
        return array;
    }

    /// <summary>All indices of a shape, the last one fastest.</summary>
    internal static IEnumerable<int[]> Indices(int[] shape)
    {
        if (shape.Length == 0)
        {
            yield return [];
            yield break;
        }

        foreach (var front in Indices(shape[..^1]))
        {
            for (var i = 0; i < shape[^1]; i++) yield return [.. front, i];
        }
    }

    /// <summary>Values that every dtype holds exactly, as do sums of a thousand products of them: halves for floats, 0 and 1 for bool.</summary>
    internal static NaiveArray Random(Random random, int[] shape, DType dtype) =>
        Build(shape, _ => dtype == DType.Bool ? random.Next(2) : dtype.IsInteger ? random.Next(-4, 5) : random.Next(-8, 9) / 2.0);

    /// <summary>The element with a number in C order.</summary>
    internal double At(int number) => values[number];

    /// <summary>As a tensor.</summary>
    internal Tensor ToTensor(DType dtype) => Ops.Cast(Ops.FromSpan<double>(values, Shape), dtype);

    /// <summary>Compares exactly, NaN being equal to itself.</summary>
    internal void RequireEqual(Tensor actual, DType dtype, string what)
    {
        Assert.Equal((dtype, new Shape(Shape)), (actual.DType, actual.Shape));
        var others = Ops.Cast(actual, DType.Float64).ToArray<double>();
        for (var i = 0; i < values.Length; i++) Assert.True(values[i].Equals(others[i]) || values[i] == others[i], $"{what}: element {i} is {others[i]}, expected {values[i]}");
    }

    /// <summary>The number of an index in C order.</summary>
    internal int Place(ReadOnlySpan<int> index)
    {
        var place = 0;
        for (var axis = 0; axis < Shape.Length; axis++) place = (place * Shape[axis]) + index[axis];
        return place;
    }
}
