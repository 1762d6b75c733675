using System.Numerics;
using System.Text.Json;

namespace Tapestry.Tests.Golden;

/// <summary>How the golden files store what NumPy's arrays do not hold.</summary>
static class GoldenStorage
{
    /// <summary>A stored array in the dtype that it stands for. float8 has no dtype here and stays float32.</summary>
    internal static Tensor Convert(Tensor stored, string dtypeName)
    {
        if (dtypeName.StartsWith("float8", StringComparison.Ordinal)) return stored;
        DType dtype = dtypeName;
        if (stored.DType == dtype) return stored;
        if (dtype.IsComplex) return stored.DType.IsComplex ? stored : Complexes(stored, dtype);
        var converted = Tensor.Allocate(dtype, stored.Shape);
        var values = Numbers(stored);
        switch (dtype.Name)
        {
            case "float16": for (var i = 0; i < values.Length; i++) converted.Elements<Half>()[i] = (Half)values[i].Real; break;
            case "bfloat16": for (var i = 0; i < values.Length; i++) converted.Elements<BFloat16>()[i] = (BFloat16)(float)values[i].Real; break;
            case "float32": for (var i = 0; i < values.Length; i++) converted.Elements<float>()[i] = (float)values[i].Real; break;
            case "float64": for (var i = 0; i < values.Length; i++) converted.Elements<double>()[i] = values[i].Real; break;
            default: throw new InvalidDataException($"The golden files store {dtype} as it is, not as {stored.DType}.");
        }

        return converted;
    }

    /// <summary>A string tensor from nested lists.</summary>
    internal static Tensor Strings(JsonElement nested, JsonElement shape)
    {
        var texts = new List<string>();
        Collect(nested);
        return TensorFactory.Strings([.. texts], new Shape([.. shape.EnumerateArray().Select(length => length.GetInt32())]));

        void Collect(JsonElement element)
        {
            if (element.ValueKind == JsonValueKind.String) texts.Add(element.GetString()!);
            else foreach (var each in element.EnumerateArray()) Collect(each);
        }
    }

    /// <summary>A number of the JSON, where NaN and the infinities stand as texts.</summary>
    internal static double Number(JsonElement element) => element.ValueKind == JsonValueKind.Number ? element.GetDouble() : element.GetString() switch
    {
        "NaN" => double.NaN,
        "Infinity" => double.PositiveInfinity,
        "-Infinity" => double.NegativeInfinity,
        var text => throw new InvalidDataException($"\"{text}\" is no number of the golden files."),
    };

    /// <summary>The elements as numbers wide enough for every floating dtype.</summary>
    internal static Complex[] Numbers(Tensor tensor)
    {
        var numbers = new Complex[tensor.Size];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = TensorReader.At(tensor, i) switch
            {
                Complex complex => complex,
                bool truth => truth ? 1 : 0,
                var value => System.Convert.ToDouble(value),
            };
        }

        return numbers;
    }

    /// <summary>Integers and booleans, exactly.</summary>
    internal static Int128[] Integers(Tensor tensor)
    {
        var integers = new Int128[tensor.Size];
        for (var i = 0; i < integers.Length; i++)
        {
            integers[i] = TensorReader.At(tensor, i) switch
            {
                bool truth => truth ? 1 : 0,
                ulong value => value,
                var value => System.Convert.ToInt64(value),
            };
        }

        return integers;
    }

    static Tensor Complexes(Tensor stored, DType dtype)
    {
        var shape = stored.Shape[..^1];
        var converted = Tensor.Allocate(dtype, shape);
        var parts = Numbers(stored);
        for (var i = 0; i < shape.Size; i++)
        {
            if (dtype == DType.Complex128) converted.Elements<Complex>()[i] = new Complex(parts[2 * i].Real, parts[(2 * i) + 1].Real);
            else converted.Elements<Complex64>()[i] = new Complex64((float)parts[2 * i].Real, (float)parts[(2 * i) + 1].Real);
        }

        return converted;
    }
}
