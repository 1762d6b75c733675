using System.Globalization;
using System.Numerics;

namespace Tapestry;

/// <summary>Writes elements as NumPy does: the shortest digits that tell a number from its neighbours, at most eight, equally wide in a column.</summary>
static class ElementFormat
{
    const int Digits = 8;

    /// <summary>A scalar on its own: all its digits.</summary>
    internal static string Scalar(Tensor tensor) => TensorReader.At(tensor, 0) switch
    {
        bool truth => truth ? "True" : "False",
        string text => Quoted(text),
        float or double or Half or BFloat16 => Alone(tensor),
        Complex or Complex64 => ComplexColumn(tensor, [0], whole: true)[0],
        var number => Convert.ToString(number, CultureInfo.InvariantCulture)!,
    };

    /// <summary>Some elements of a tensor, filled with spaces to one width.</summary>
    internal static string[] Column(Tensor tensor, IReadOnlyList<int> shown)
    {
        var dtype = tensor.DType;
        if (dtype == DType.String) return [.. shown.Select(i => Quoted(tensor.Texts[i]))];
        if (dtype.IsComplex) return ComplexColumn(tensor, shown, whole: false);
        if (dtype.IsFloating) return FloatColumn([.. shown.Select(i => Value(tensor, i))], dtype, forceSign: false);
        return Aligned([.. shown.Select(i => TensorReader.At(tensor, i) is bool truth ? truth ? "True" : "False" : Convert.ToString(TensorReader.At(tensor, i), CultureInfo.InvariantCulture)!)]);
    }

    // As Python writes bytes: double quotes only around text with single ones and without double ones.
    static string Quoted(string text)
    {
        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal);
        return text.Contains('\'') && !text.Contains('"') ? $"b\"{escaped}\"" : $"b'{escaped.Replace("'", "\\'", StringComparison.Ordinal)}'";
    }

    static double Value(Tensor tensor, int index) => TensorReader.At(tensor, index) switch
    {
        float value => value,
        double value => value,
        Half value => (double)value,
        BFloat16 value => value,
        var other => Convert.ToDouble(other, CultureInfo.InvariantCulture),
    };

    static string Alone(Tensor tensor)
    {
        var value = Value(tensor, 0);
        if (Special(value) is { } special) return special;
        var (digits, exponent) = Shortest(value, tensor.DType);
        var sign = double.IsNegative(value) ? "-" : string.Empty;
        // Python's rule for a single number: exponents from 1e16 on and below 1e-4.
        if (value != 0 && exponent is < -4 or >= 16) return $"{sign}{digits[0]}{(digits.Length > 1 ? "." : string.Empty)}{digits[1..]}e{Exponent(exponent)}";
        var (whole, fraction) = Parts(digits, exponent);
        return $"{sign}{whole}.{(fraction.Length == 0 ? "0" : fraction)}";
    }

    static string[] FloatColumn(double[] values, DType dtype, bool forceSign)
    {
        var finite = values.Where(double.IsFinite).ToArray();
        var sizes = finite.Where(value => value != 0).Select(Math.Abs).ToArray();
        // NumPy's rule for scientific notation in arrays.
        var scientific = sizes.Length > 0 && (sizes.Max() >= 1e8 || sizes.Min() < 1e-4 || sizes.Max() / sizes.Min() > 1000);
        var numbers = finite.Select(value => Rounded(value, dtype, scientific)).ToArray();
        var fraction = numbers.Length == 0 ? 0 : numbers.Max(number => number.Fraction.Length);
        var exponents = numbers.Select(number => number.Exponent.Length).DefaultIfEmpty(0).Max();
        var texts = new string[values.Length];
        for (int i = 0, next = 0; i < values.Length; i++)
        {
            if (Special(values[i]) is { } special)
            {
                texts[i] = forceSign && special[0] != '-' ? $"+{special}" : special;
                continue;
            }

            var (sign, whole, digits, exponent) = numbers[next++];
            // Decimals are filled with spaces, scientific numbers with zeros.
            digits = scientific ? digits.PadRight(fraction, '0') : digits.PadRight(fraction);
            texts[i] = $"{(forceSign && sign.Length == 0 ? "+" : sign)}{whole}.{digits}{(scientific ? $"e{exponent[0]}{exponent[1..].PadLeft(exponents - 1, '0')}" : string.Empty)}";
        }

        return Aligned(texts);
    }

    static (string Sign, string Whole, string Fraction, string Exponent) Rounded(double value, DType dtype, bool scientific)
    {
        var sign = double.IsNegative(value) ? "-" : string.Empty;
        var (digits, exponent) = Shortest(value, dtype);
        if (scientific)
        {
            if (digits.Length > Digits + 1) (digits, exponent) = Cut(value, Digits + 1);
            return (sign, digits[..1], digits[1..], Exponent(value == 0 ? 0 : exponent));
        }

        var (whole, fraction) = Parts(digits, exponent);
        if (fraction.Length <= Digits) return (sign, whole, fraction, string.Empty);
        var text = Math.Abs(value).ToString($"F{Digits}", CultureInfo.InvariantCulture);
        var point = text.IndexOf('.', StringComparison.Ordinal);
        return (sign, text[..point], text[(point + 1)..].TrimEnd('0'), string.Empty);
    }

    static string[] ComplexColumn(Tensor tensor, IReadOnlyList<int> shown, bool whole)
    {
        var values = shown.Select(i => TensorReader.At(tensor, i) is Complex64 small ? small : (Complex)TensorReader.At(tensor, i)).ToArray();
        var dtype = tensor.DType == DType.Complex64 ? DType.Float32 : DType.Float64;
        var real = FloatColumn([.. values.Select(value => value.Real)], dtype, forceSign: false);
        var imaginary = FloatColumn([.. values.Select(value => value.Imaginary)], dtype, forceSign: true);
        // The j stands directly behind the digits, the filling behind the j.
        var texts = real.Zip(imaginary, (a, b) => $"{a}{b.TrimEnd()}j{new string(' ', b.Length - b.TrimEnd().Length)}").ToArray();
        return whole ? [.. values.Select(value => $"({Plain(value.Real, dtype)}{(double.IsNegative(value.Imaginary) ? string.Empty : "+")}{Plain(value.Imaginary, dtype)}j)")] : texts;
    }

    static string Plain(double value, DType dtype)
    {
        if (Special(value) is { } special) return special;
        var (digits, exponent) = Shortest(value, dtype);
        var (whole, fraction) = Parts(digits, exponent);
        return $"{(double.IsNegative(value) ? "-" : string.Empty)}{whole}{(fraction.Length == 0 ? string.Empty : $".{fraction}")}";
    }

    static string? Special(double value) => double.IsNaN(value) ? "nan" : double.IsInfinity(value) ? value > 0 ? "inf" : "-inf" : null;

    /// <summary>The shortest digits that give the number back in its dtype, and the power of ten of the first.</summary>
    static (string Digits, int Exponent) Shortest(double value, DType dtype)
    {
        var magnitude = Math.Abs(value);
        var text = dtype.Code switch
        {
            DTypeCode.Float64 => magnitude.ToString("R", CultureInfo.InvariantCulture),
            DTypeCode.Float16 => ((Half)magnitude).ToString("R", CultureInfo.InvariantCulture),
            DTypeCode.BFloat16 => ShortestBFloat16(magnitude),
            _ => ((float)magnitude).ToString("R", CultureInfo.InvariantCulture),
        };
        return Normalize(text);
    }

    static string ShortestBFloat16(double value)
    {
        for (var digits = 1; digits < 5; digits++)
        {
            var text = value.ToString($"G{digits}", CultureInfo.InvariantCulture);
            if ((BFloat16)float.Parse(text, CultureInfo.InvariantCulture) is var back && back == value) return text;
        }

        return value.ToString("R", CultureInfo.InvariantCulture);
    }

    static (string Digits, int Exponent) Cut(double value, int digits) => Normalize(Math.Abs(value).ToString($"E{digits - 1}", CultureInfo.InvariantCulture));

    static (string Digits, int Exponent) Normalize(string text)
    {
        var power = 0;
        if (text.IndexOf('E', StringComparison.Ordinal) is >= 0 and var e)
        {
            power = int.Parse(text[(e + 1)..], CultureInfo.InvariantCulture);
            text = text[..e];
        }

        var point = text.IndexOf('.', StringComparison.Ordinal);
        var (whole, fraction) = point < 0 ? (text, string.Empty) : (text[..point], text[(point + 1)..]);
        var all = whole + fraction;
        var zeros = all.Length - all.TrimStart('0').Length;
        var digits = all.Trim('0');
        return digits.Length == 0 ? ("0", 0) : (digits, whole.Length - 1 - zeros + power);
    }

    static (string Whole, string Fraction) Parts(string digits, int exponent)
    {
        if (exponent < 0) return ("0", digits == "0" ? string.Empty : new string('0', -exponent - 1) + digits);
        if (digits == "0") return ("0", string.Empty);
        return digits.Length <= exponent + 1 ? (digits.PadRight(exponent + 1, '0'), string.Empty) : (digits[..(exponent + 1)], digits[(exponent + 1)..]);
    }

    static string Exponent(int exponent) => $"{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";

    static string[] Aligned(string[] texts)
    {
        var width = texts.Max(text => text.Length);
        return [.. texts.Select(text => text.PadLeft(width))];
    }
}
