using System.Globalization;
using System.Numerics;

namespace Tapestry.Tests.Golden;

/// <summary>How two arrays are compared: the <c>compare</c> of an output.</summary>
enum GoldenMode
{
    /// <summary>Within the tolerance.</summary>
    Close,

    /// <summary>Bit for bit, sign of zero included; any NaN equals any NaN.</summary>
    Bits,

    /// <summary>Each column of the last two axes may be negated.</summary>
    ColumnsUpToSign,

    /// <summary>Each row of the last two axes may be negated.</summary>
    RowsUpToSign,

    /// <summary>Shape and dtype only.</summary>
    ShapeOnly,

    /// <summary>The order along the last axis is free.</summary>
    AsSet,
}

/// <summary>What came out of a comparison.</summary>
/// <param name="Worst">The largest error as a multiple of its tolerance; 0 where nothing has one, infinite where no tolerance could help.</param>
/// <param name="Fault">What is wrong, or null.</param>
readonly record struct GoldenComparison(double Worst, string? Fault)
{
    internal static GoldenComparison Wrong(string fault) => new(double.PositiveInfinity, fault);
}

/// <summary>Compares what was computed with what the original computes.</summary>
static class GoldenComparer
{
    /// <summary>
    /// Shapes must be equal; floats and complex numbers satisfy <c>|actual - expected| &lt;= atol + rtol * |expected|</c>, NaN where NaN and
    /// infinities with their sign; integers, booleans and texts are equal.
    /// </summary>
    internal static GoldenComparison Compare(Tensor expected, Tensor actual, double atol, double rtol, GoldenMode mode = GoldenMode.Close)
    {
        if (expected.DType != actual.DType && KindOf(expected.DType) != KindOf(actual.DType)) return GoldenComparison.Wrong($"dtype {actual.DType}, expected {expected.DType}");
        if (expected.Shape != actual.Shape) return GoldenComparison.Wrong($"shape {actual.Shape}, expected {expected.Shape}");
        if (mode == GoldenMode.ShapeOnly) return default;
        if (expected.DType == DType.String) return Equal(expected.Texts, actual.Texts, expected.Shape);
        if (KindOf(expected.DType) is 'i' or 'b') return Equal(GoldenStorage.Integers(expected), GoldenStorage.Integers(actual), expected.Shape);
        var (want, got) = (GoldenStorage.Numbers(expected), GoldenStorage.Numbers(actual));
        return mode switch
        {
            GoldenMode.Bits => Bits(want, got, expected.Shape),
            GoldenMode.ColumnsUpToSign => Close(want, AlignSigns(want, got, expected.Shape, columns: true), expected.Shape, atol, rtol),
            GoldenMode.RowsUpToSign => Close(want, AlignSigns(want, got, expected.Shape, columns: false), expected.Shape, atol, rtol),
            GoldenMode.AsSet => Close(want, AlignOrder(want, got, expected.Shape), expected.Shape, atol, rtol),
            _ => Close(want, got, expected.Shape, atol, rtol),
        };
    }

    internal static GoldenMode Mode(string? name) => name switch
    {
        null => GoldenMode.Close,
        "bits" => GoldenMode.Bits,
        "columns_up_to_sign" => GoldenMode.ColumnsUpToSign,
        "rows_up_to_sign" => GoldenMode.RowsUpToSign,
        "shape_only" => GoldenMode.ShapeOnly,
        "as_set" => GoldenMode.AsSet,
        _ => throw new InvalidDataException($"The golden files have a new way to compare: \"{name}\"."),
    };

    static char KindOf(DType dtype) => dtype == DType.String ? 's' : dtype == DType.Bool ? 'b' : dtype.IsInteger ? 'i' : dtype.IsComplex ? 'c' : 'f';

    static GoldenComparison Close(Complex[] expected, Complex[] actual, Shape shape, double atol, double rtol)
    {
        var (worst, place, wrong) = (0.0, -1, 0);
        for (var i = 0; i < expected.Length; i++)
        {
            var ratio = Ratio(expected[i], actual[i], atol, rtol);
            if (ratio > 1) wrong++;
            if (ratio <= worst) continue;
            worst = ratio;
            place = i;
        }

        if (worst <= 1) return new(worst, null);
        return new(worst, string.Create(
            CultureInfo.InvariantCulture,
            $"{wrong} of {expected.Length} elements of {shape} differ; worst at {IndexText(place, shape)}: got {Number(actual[place])}, expected {Number(expected[place])}, {worst:G4} times the tolerance (atol {atol:G4}, rtol {rtol:G4})"));
    }

    static double Ratio(Complex expected, Complex actual, double atol, double rtol)
    {
        if (!IsFinite(expected) || !IsFinite(actual))
            return Same(expected.Real, actual.Real) && Same(expected.Imaginary, actual.Imaginary) ? 0 : double.PositiveInfinity;
        var error = Complex.Abs(actual - expected);
        return error == 0 ? 0 : error / (atol + (rtol * Complex.Abs(expected)));

        // Beside an infinite part the finite other one has no error of its own to measure.
        static bool Same(double a, double b) => double.IsFinite(a) && double.IsFinite(b) || a.Equals(b);
    }

    static bool IsFinite(Complex value) => double.IsFinite(value.Real) && double.IsFinite(value.Imaginary);

    static GoldenComparison Bits(Complex[] expected, Complex[] actual, Shape shape)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            if (Same(expected[i].Real, actual[i].Real) && Same(expected[i].Imaginary, actual[i].Imaginary)) continue;
            return GoldenComparison.Wrong($"not the same bits at {IndexText(i, shape)}: got {Number(actual[i])}, expected {Number(expected[i])}");
        }

        return default;

        static bool Same(double a, double b) => double.IsNaN(a) ? double.IsNaN(b) : BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b);
    }

    static GoldenComparison Equal<T>(T[] expected, T[] actual, Shape shape)
    {
        var wrong = Enumerable.Range(0, expected.Length).Where(i => !EqualityComparer<T>.Default.Equals(expected[i], actual[i])).ToArray();
        if (wrong.Length == 0) return default;
        return GoldenComparison.Wrong($"{wrong.Length} of {expected.Length} elements of {shape} differ; first at {IndexText(wrong[0], shape)}: got {actual[wrong[0]]}, expected {expected[wrong[0]]}");
    }

    // Turns each column (row) of the actual values to the side of the expected ones, judged by the sign of their inner product.
    static Complex[] AlignSigns(Complex[] expected, Complex[] actual, Shape shape, bool columns)
    {
        var (rows, width) = (shape[^2], shape[^1]);
        var aligned = (Complex[])actual.Clone();
        var (lines, length, step) = columns ? (width, rows, width) : (rows, width, 1);
        for (var matrix = 0; matrix < expected.Length; matrix += rows * width)
        {
            for (var line = 0; line < lines; line++)
            {
                var start = matrix + (columns ? line : line * width);
                var indices = Enumerable.Range(0, length).Select(k => start + (k * step)).ToArray();
                if (indices.Sum(i => (Complex.Conjugate(expected[i]) * actual[i]).Real) >= 0) continue;
                foreach (var i in indices) aligned[i] = -aligned[i];
            }
        }

        return aligned;
    }

    // Gives each expected value the nearest actual one that is not taken yet.
    static Complex[] AlignOrder(Complex[] expected, Complex[] actual, Shape shape)
    {
        var aligned = new Complex[actual.Length];
        var width = shape[^1];
        for (var start = 0; start < actual.Length; start += width)
        {
            var free = actual[start..(start + width)].ToList();
            for (var i = start; i < start + width; i++)
            {
                var nearest = free.MinBy(value => Complex.Abs(value - expected[i]));
                aligned[i] = nearest;
                free.Remove(nearest);
            }
        }

        return aligned;
    }

    static string IndexText(int position, Shape shape)
    {
        var index = new int[shape.Rank];
        for (var axis = shape.Rank - 1; axis >= 0; axis--)
        {
            index[axis] = position % shape[axis];
            position /= shape[axis];
        }

        return $"[{string.Join(", ", index)}]";
    }

    static string Number(Complex value) => value.Imaginary == 0 ? value.Real.ToString("G9", CultureInfo.InvariantCulture) : value.ToString("G9", CultureInfo.InvariantCulture);
}
