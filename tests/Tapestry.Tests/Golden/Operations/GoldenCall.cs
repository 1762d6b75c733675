using System.Text.Json;

namespace Tapestry.Tests.Golden.Operations;

/// <summary>The arguments of a case, by place or name.</summary>
sealed class GoldenCall(GoldenCase golden)
{
    readonly Dictionary<string, Tensor> tensors = [];

    /// <summary>A call of a function with tensors that are given, for tables and cases in words.</summary>
    /// <param name="golden">The case that it belongs to.</param>
    /// <param name="arguments">Tensors, and whatever else JSON can hold.</param>
    /// <param name="named">Named arguments.</param>
    /// <param name="call">The arguments as a call.</param>
    /// <returns>The arguments as a case.</returns>
    internal static GoldenCase Of(GoldenCase golden, IReadOnlyList<object?> arguments, IReadOnlyDictionary<string, object?> named, out GoldenCall call)
    {
        object? Write(object? argument, int place) => argument is Tensor ? new { tensor = $"given/{place}" } : argument;
        var made = golden with { Json = JsonSerializer.SerializeToElement(new { args = arguments.Select(Write), kwargs = named }) };
        call = new(made);
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] is Tensor tensor) call.tensors[$"given/{i}"] = tensor;
        }

        return made;
    }

    internal bool Has(string name) => Find(name) is not null || golden.Json.TryGetProperty("kwargs", out var kwargs) && kwargs.TryGetProperty(name, out _);

    internal bool IsList(string name) => Find(name)?.ValueKind == JsonValueKind.Array;

    internal int? Axis() => Has("axis") ? (Find("axis") is { } axis ? axis.GetInt32() : null) : -1;

    internal Tensor Tensor(int index) => Tensor(golden.Json.GetProperty("args")[index]);

    internal Tensor Tensor(string name) => Tensor(Find(name)!.Value);

    internal Tensor[] Tensors(int first) => [.. golden.Json.GetProperty("args").EnumerateArray().Skip(first).Select(Tensor)];

    internal Tensor? TensorOrNull(string name) => Find(name) is { } found ? Tensor(found) : null;

    internal Tensor? TensorOrNull(int index) => golden.Json.GetProperty("args")[index] is { ValueKind: not JsonValueKind.Null } found ? Tensor(found) : null;

    internal Tensor ByKey(string key) => tensors.TryGetValue(key, out var known) ? known
        : golden.Json.GetProperty("args").EnumerateArray().Concat(golden.Json.GetProperty("kwargs").EnumerateObject().Select(each => each.Value))
            .SelectMany(Leaves)
            .First(each => each.ValueKind == JsonValueKind.Object && each.TryGetProperty("tensor", out var name) && name.GetString() == key) is var found ? Tensor(found) : null!;

    static IEnumerable<JsonElement> Leaves(JsonElement element) => element.ValueKind == JsonValueKind.Array ? element.EnumerateArray().SelectMany(Leaves) : [element];

    internal Tensor Tensor(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Number) return element.TryGetInt32(out var integer) ? integer : element.GetDouble();
        var key = element.GetProperty("tensor").GetString()!;
        return tensors.TryGetValue(key, out var known) ? known : tensors[key] = golden.Tensor(element);
    }

    internal int Count => golden.Json.GetProperty("args").GetArrayLength();

    internal bool Flag(string name, bool otherwise = false) => Find(name)?.GetBoolean() ?? otherwise;

    internal string Text(string name, string otherwise) => Find(name)?.GetString() ?? otherwise;

    internal string? Text(string name) => Find(name)?.GetString();

    internal string Text(int index) => golden.Json.GetProperty("args")[index].GetString()!;

    internal double Number(string name, double otherwise) => Find(name) is { } found ? Number(found) : otherwise;

    internal double? Number(string name) => Find(name) is { } found ? Number(found) : null;

    internal double Number(int index) => Number(golden.Json.GetProperty("args")[index]);

    internal JsonElement? Argument(int index) => index < Count && golden.Json.GetProperty("args")[index] is { ValueKind: not JsonValueKind.Null } found ? found : null;

    internal int[] Integers(string name) => Find(name) is { } found ? Integers(found) : [];

    internal int[] Integers(int index, string name) => index < Count ? Integers(golden.Json.GetProperty("args")[index]) : Integers(name);

    internal JsonElement? Find(string name) => golden.Json.TryGetProperty("kwargs", out var kwargs) && kwargs.TryGetProperty(name, out var found) && found.ValueKind != JsonValueKind.Null ? found : null;

    static double Number(JsonElement element) => element.ValueKind == JsonValueKind.String
        ? element.GetString() switch { "Infinity" => double.PositiveInfinity, "-Infinity" => double.NegativeInfinity, _ => double.NaN }
        : element.GetDouble();

    internal static int[] Integers(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => [.. element.EnumerateArray().Select(each => each.GetInt32())],
        JsonValueKind.Number => [element.GetInt32()],
        _ => [],
    };
}
